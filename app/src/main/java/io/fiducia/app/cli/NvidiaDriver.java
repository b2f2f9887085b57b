package io.fiducia.app.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The GPUs that NVIDIA's driver sees, whatever libtorch was built for. */
public final class NvidiaDriver {
  private NvidiaDriver() {}

  /** One line a GPU (name, memory), empty where there is no driver. */
  public static List<String> gpus() {
    try {
      Process process = new ProcessBuilder(
          "nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader")
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
      try (BufferedReader reader = process.inputReader()) {
        List<String> lines = reader.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0
            ? lines
            : List.of();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    } catch (IOException e) {
      // No such program: no driver.
      return List.of();
    }
  }
}
