package io.fiducia.app.demo;

import io.fiducia.torch.TorchRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The most resident memory of this process from {@link #start()} on. Linux keeps the mark itself and
 * lets a process set it back; where that is not possible, a thread looks ten times a second.
 */
final class PhaseMemory implements AutoCloseable {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");
  private static final long PERIOD_MS = 100;

  private final boolean kernel;
  private volatile boolean over;
  private volatile long sampledMb;

  private PhaseMemory(boolean kernel) {
    this.kernel = kernel;
  }

  static PhaseMemory start() {
    PhaseMemory memory = new PhaseMemory(resetMark());
    if (!memory.kernel) {
      Thread sampler = new Thread(memory::sample, "memory");
      sampler.setDaemon(true);
      sampler.start();
    }
    return memory;
  }

  /** In MB, up to now. */
  long peakMb() {
    return kernel ? kilobytes("VmHWM:") / 1024 : Math.max(sampledMb, residentMb());
  }

  @Override
  public void close() {
    over = true;
  }

  private void sample() {
    while (!over) {
      sampledMb = Math.max(sampledMb, residentMb());
      try {
        Thread.sleep(PERIOD_MS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Sets the kernel's mark back to what is resident now, and returns whether that worked. */
  private static boolean resetMark() {
    if (!Files.isWritable(CLEAR) || kilobytes("VmHWM:") == 0) {
      return false;
    }
    try {
      // See proc(5): 5 resets the peak resident set size.
      Files.writeString(CLEAR, "5");
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static long residentMb() {
    long kb = kilobytes("VmRSS:");
    return kb > 0 ? kb / 1024 : TorchRuntime.physicalBytes() >> 20;
  }

  private static long kilobytes(String key) {
    try {
      for (String line : Files.isReadable(STATUS)
          ? Files.readAllLines(STATUS)
          : java.util.List
              .<String>of()) {
        if (line.startsWith(key)) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      return 0;
    }
    return 0;
  }
}
