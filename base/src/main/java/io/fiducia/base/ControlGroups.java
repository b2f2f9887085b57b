package io.fiducia.base;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The memory limits of the control groups (cgroups) that this process is in. Containers, SLURM and
 * systemd put a process into nested groups; each group's limit holds for all that is below it, so that
 * every group from the process's own up to the root counts.
 *
 * <p>Both versions are read, also side by side (hybrid). The kernel's documents are
 * admin-guide/cgroup-v2.rst and admin-guide/cgroup-v1/memory.rst.
 *
 * @param root of the file system; another folder in tests
 */
record ControlGroups(Path root) {
  /** Version 1 writes "no limit" as the largest multiple of the page size. */
  private static final long UNLIMITED = 1L << 60;

  /**
   * What one control group says.
   *
   * @param limit bytes; {@link Long#MAX_VALUE} without a limit
   * @param remaining bytes that can still be taken below the limit
   */
  private record Group(long limit, long remaining) {
    static final Group UNLIMITED = new Group(Long.MAX_VALUE, Long.MAX_VALUE);

    Group and(Group other) {
      return new Group(Math.min(limit, other.limit), Math.min(remaining, other.remaining));
    }
  }

  /**
   * A hierarchy of groups as it is mounted.
   *
   * @param second whether it is of version 2
   * @param top the group that is seen at {@code place}, as the hierarchy names it
   */
  private record Mount(boolean second, String top, Path place) {}

  /** Bytes of the smallest limit, or {@link Long#MAX_VALUE} where there is none. */
  long limit() {
    return all().limit();
  }

  /**
   * Bytes that this process can still take: of all its groups the smallest rest. Pages of files that
   * can be dropped do not count as used.
   */
  long remaining() {
    return all().remaining();
  }

  private Group all() {
    Group result = Group.UNLIMITED;
    List<Mount> mounts = mounts();
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      // hierarchy:controllers:path; version 2 has neither a number nor controllers.
      String[] parts = line.split(":", 3);
      if (parts.length < 3) {
        continue;
      }
      boolean second = parts[0].equals("0") && parts[1].isEmpty();
      if (second || List.of(parts[1].split(",")).contains("memory")) {
        for (Mount mount : mounts) {
          if (mount.second() == second) {
            result = result.and(upwards(mount, parts[2]));
          }
        }
      }
    }
    return result;
  }

  private static Group upwards(Mount mount, String path) {
    Path top = mount.place().normalize();
    Path folder = top.resolve(below(mount.top(), path)).normalize();
    if (!folder.startsWith(top)) {
      // A group outside of what this process's namespace shows.
      folder = top;
    }
    Group result = Group.UNLIMITED;
    boolean counts = true;
    while (true) {
      if (counts) {
        result = result.and(mount.second() ? second(folder) : first(folder));
      }
      if (folder.equals(top)) {
        return result;
      }
      folder = folder.getParent();
      // Version 1 can leave what is below a group out of its count.
      counts = number(folder.resolve("memory.use_hierarchy")).orElse(1) != 0;
    }
  }

  /**
   * The path of a group relative to what is mounted. A container without a namespace of its own sees
   * its own group mounted, but the path from the host's root.
   */
  private static String below(String top, String path) {
    String prefix = top.equals("/") ? "" : top;
    String rest = path.equals(prefix) || path.startsWith(prefix + "/")
        ? path.substring(prefix.length())
        : "";
    return rest.startsWith("/") ? rest.substring(1) : rest;
  }

  /** Version 2. From memory.high on the kernel makes the process wait, so that it counts too. */
  private static Group second(Path folder) {
    long limit = Math.min(limit(folder.resolve("memory.max")),
        limit(folder.resolve("memory.high")));
    return group(limit, number(folder.resolve("memory.current")), stat(folder, "inactive_file"));
  }

  /** Version 1. The group may know a limit of an outer group that is not seen from here. */
  private static Group first(Path folder) {
    long limit = Math.min(limit(folder.resolve("memory.limit_in_bytes")),
        unlessUnlimited(stat(folder, "hierarchical_memory_limit")));
    return group(limit, number(folder.resolve("memory.usage_in_bytes")),
        stat(folder, "total_inactive_file"));
  }

  private static Group group(long limit, OptionalLong used, OptionalLong droppable) {
    if (limit == Long.MAX_VALUE) {
      return Group.UNLIMITED;
    }
    long kept = Math.max(0, used.orElse(0) - droppable.orElse(0));
    return new Group(limit, Math.max(0, limit - kept));
  }

  private static long limit(Path file) {
    return unlessUnlimited(number(file));
  }

  private static long unlessUnlimited(OptionalLong limit) {
    return limit.isEmpty() || limit.getAsLong() >= UNLIMITED ? Long.MAX_VALUE : limit.getAsLong();
  }

  private static OptionalLong stat(Path folder, String key) {
    return lines(folder.resolve("memory.stat")).stream().filter(l -> l.startsWith(key + " "))
        .map(l -> parse(l.substring(key.length() + 1).strip()))
        .flatMapToLong(OptionalLong::stream).findFirst();
  }

  /** The hierarchies that can limit memory, from mountinfo, or at their usual places without it. */
  private List<Mount> mounts() {
    List<Mount> mounts = new ArrayList<>();
    for (String line : lines(root.resolve("proc/self/mountinfo"))) {
      int separator = line.indexOf(" - ");
      String[] left = line.split(" ");
      if (separator < 0 || left.length < 5) {
        continue;
      }
      // After the separator: type, source, options of the hierarchy.
      String[] right = line.substring(separator + 3).split(" ");
      boolean second = right[0].equals("cgroup2");
      boolean first = right[0].equals("cgroup") && right.length > 2
          && List.of(right[2].split(",")).contains("memory");
      if (first || second) {
        mounts.add(new Mount(second, unescaped(left[3]), at(unescaped(left[4]))));
      }
    }
    if (mounts.isEmpty()) {
      mounts.add(new Mount(true, "/", at("/sys/fs/cgroup")));
      mounts.add(new Mount(false, "/", at("/sys/fs/cgroup/memory")));
    }
    return mounts;
  }

  /** Mountinfo writes a space as \040, and likewise tab, line feed and backslash. */
  private static String unescaped(String path) {
    return path.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n")
        .replace("\\134", "\\");
  }

  private Path at(String absolute) {
    return root.resolve(absolute.substring(1));
  }

  private static OptionalLong number(Path file) {
    return lines(file).stream().map(l -> parse(l.strip())).flatMapToLong(OptionalLong::stream)
        .findFirst();
  }

  private static OptionalLong parse(String text) {
    return text.matches("\\d{1,18}")
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  /** Returns the lines of a file of the kernel, or none where it is absent or cannot be read. */
  static List<String> lines(Path file) {
    try {
      return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      // A group may be removed while it is read, and some files refuse to be read.
      return List.of();
    }
  }
}
