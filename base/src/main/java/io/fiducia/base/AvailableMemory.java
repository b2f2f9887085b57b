package io.fiducia.base;

import java.nio.file.Path;

/** The main memory that this process can still take. */
public final class AvailableMemory {
  private static final Path ROOT = Path.of("/");

  private AvailableMemory() {}

  /**
   * Returns the bytes that can still be taken: on Linux what the kernel calls available, or less
   * where a limit of a control group is nearer (containers, SLURM, systemd; see {@link
   * ControlGroups}). Elsewhere a very large number, since nothing reliable can be asked.
   */
  public static long bytes() {
    return bytes(ROOT);
  }

  /**
   * Returns the bytes that this process may use at most by its control groups, or {@link
   * Long#MAX_VALUE} where nothing limits it.
   */
  public static long limit() {
    return new ControlGroups(ROOT).limit();
  }

  static long bytes(Path root) {
    return Math.min(machine(root.resolve("proc/meminfo")), new ControlGroups(root).remaining());
  }

  static long machine(Path memInfo) {
    return ControlGroups.lines(memInfo).stream().filter(l -> l.startsWith("MemAvailable:"))
        .findFirst()
        .map(l -> Long.parseLong(l.replaceAll("\\D", "")) << 10).orElse(Long.MAX_VALUE);
  }
}
