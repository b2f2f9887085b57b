package io.fiducia.bench;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs one process and measures its time and its largest memory. */
final class Child {
  /** One clock tick of /proc, in seconds: USER_HZ is 100 on every Linux platform that Java runs on. */
  private static final double TICK = 0.01;
  private static final int POLL_MILLIS = 5;
  private static final int LINES_OF_AN_ERROR = 15;

  private Child() {}

  /**
   * What one process took.
   *
   * @param seconds from start to end by the wall clock
   * @param processorSeconds in user and kernel mode, its own children included; NaN where there is no
   *     /proc
   * @param peakBytes the largest resident memory, as last read 5 ms or less before the end; 0 where
   *     there is no /proc
   */
  record Usage(double seconds, double processorSeconds, long peakBytes) {}

  /**
   * Runs a command to its end and returns what it took; its output goes to the log.
   *
   * @throws FiduciaException BAD_INPUT with the end of the log if the exit code is not 0
   */
  static Usage run(List<String> command, Map<String, String> environment, Path log) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(log.toFile());
    // Settings of the caller's shell would reach one program as well as the other, but change what is measured.
    builder.environment().keySet().removeIf(
        k -> k.startsWith("MALLOC_") || k.startsWith("OMP_") || k.startsWith("nnUNet_"));
    builder.environment().putAll(environment);
    try {
      long start = System.nanoTime();
      Process process = builder.start();
      long peak = 0;
      double processor = Double.NaN;
      boolean ended = false;
      while (!ended) {
        ended = process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (!ended) {
          peak = Math.max(peak, peakBytes(process.pid()));
          double now = processorSeconds(process.pid());
          processor = Double.isNaN(now) ? processor : now;
        }
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      if (process.exitValue() != 0) {
        throw failed(command, log, process.exitValue());
      }
      return new Usage(seconds, processor, peak);
    } catch (IOException e) {
      throw FiduciaException.badInput("a program cannot be started", command.get(0),
          String.valueOf(e.getMessage()), "check that the file exists and may be run", e);
    } catch (InterruptedException e) {
      throw FiduciaException.cancelled("benchmark");
    }
  }

  private static FiduciaException failed(List<String> command, Path log, int exitCode)
      throws IOException {
    List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
    String end = String.join(" / ",
        lines.subList(Math.max(0, lines.size() - LINES_OF_AN_ERROR), lines.size()));
    return FiduciaException.badInput("a measured command failed with exit code " + exitCode,
        String.join(" ", command), end, "run the command by hand; its whole output is in " + log);
  }

  /** The high-water mark of the resident memory since the process last replaced its program. */
  private static long peakBytes(long pid) {
    for (String line : lines(Path.of("/proc", Long.toString(pid), "status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    return 0;
  }

  private static double processorSeconds(long pid) {
    List<String> lines = lines(Path.of("/proc", Long.toString(pid), "stat"));
    if (lines.isEmpty()) {
      return Double.NaN;
    }
    // The name in parentheses may hold spaces; utime, stime, cutime, cstime are the 12th to 15th after it.
    String[] fields = lines.get(0).substring(lines.get(0).lastIndexOf(')') + 2).split(" ");
    long ticks = 0;
    for (int i = 11; i < 15; i++) {
      ticks += Long.parseLong(fields[i]);
    }
    return ticks * TICK;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      // The process has just ended, or the system has no /proc.
      return List.of();
    }
  }
}
