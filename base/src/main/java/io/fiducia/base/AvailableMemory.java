package io.fiducia.base;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Main memory that this process can still take. */
public final class AvailableMemory {
  private AvailableMemory() {}

  /**
   * Bytes: on Linux what the kernel holds available, or less where a container's limit is nearer;
   * elsewhere a very large number, since nothing reliable can be asked.
   */
  public static long bytes() {
    return Math.min(machine(Path.of("/proc/meminfo")), container(Path.of("/sys/fs/cgroup")));
  }

  static long machine(Path memInfo) {
    return lines(memInfo).stream().filter(l -> l.startsWith("MemAvailable:")).findFirst()
        .map(l -> Long.parseLong(l.replaceAll("\\D", "")) << 10).orElse(Long.MAX_VALUE);
  }

  /** A container's limit less what is used; pages of files that can be dropped do not count. */
  static long container(Path folder) {
    OptionalLong limit = number(folder.resolve("memory.max"));
    OptionalLong used = number(folder.resolve("memory.current"));
    if (limit.isEmpty() || used.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long droppable = lines(folder.resolve("memory.stat")).stream()
        .filter(l -> l.startsWith("inactive_file ")).findFirst()
        .map(l -> Long.parseLong(l.substring("inactive_file ".length()).strip())).orElse(0L);
    return limit.getAsLong() - used.getAsLong() + droppable;
  }

  private static OptionalLong number(Path file) {
    return lines(file).stream().filter(l -> l.matches("\\d{1,18}")).mapToLong(Long::parseLong)
        .findFirst();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }
}
