package io.fiducia.app.demo;

import io.fiducia.torch.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The most memory that this process has held. */
final class PeakMemory {
  private PeakMemory() {}

  /** Peak resident memory in MB; where the system does not tell, what is resident now. */
  static long megabytes() {
    Path status = Path.of("/proc/self/status");
    if (Files.isReadable(status)) {
      try {
        for (String line : Files.readAllLines(status)) {
          if (line.startsWith("VmHWM:")) {
            return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
          }
        }
      } catch (IOException e) {
        return TorchRuntime.physicalBytes() >> 20;
      }
    }
    return TorchRuntime.physicalBytes() >> 20;
  }
}
