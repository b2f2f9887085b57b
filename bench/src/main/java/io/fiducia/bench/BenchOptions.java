package io.fiducia.bench;

import io.fiducia.base.FiduciaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code bench/run} was asked for.
 *
 * @param root the source tree whose program is the current one
 * @param folder where programs, data and results of the benchmark lie
 * @param against other versions' fiducia.jar
 * @param only names of jobs; all where empty
 * @param rounds for every job, or 0 for each job's own number
 * @param full whether to plan for the images' own spacing
 */
record BenchOptions(Path root, Path folder, List<Path> against, List<String> only, int rounds,
    boolean full) {
  /** Reads the words of the command line. */
  static BenchOptions parse(String[] args) {
    Path root = Path.of(".");
    Path folder = null;
    List<Path> against = new ArrayList<>();
    List<String> only = new ArrayList<>();
    int rounds = 0;
    boolean full = false;
    for (int i = 0; i < args.length; i++) {
      String name = args[i];
      if (name.equals("--full")) {
        full = true;
        continue;
      }
      if (i + 1 == args.length) {
        throw usage("a value is missing after " + name);
      }
      String value = args[++i];
      switch (name) {
        case "--root" -> root = Path.of(value);
        case "--folder" -> folder = Path.of(value);
        case "--against" -> against.add(Path.of(value).toAbsolutePath().normalize());
        case "--only" -> only.addAll(List.of(value.split(",")));
        case "--rounds" -> rounds = number(value);
        default -> throw usage("unknown option " + name);
      }
    }
    for (String name : only) {
      if (!Jobs.NAMES.contains(name)) {
        throw FiduciaException.usage("unknown job " + name, "",
            "choose from " + String.join(", ", Jobs.NAMES));
      }
    }
    Path tree = root.toAbsolutePath().normalize();
    Path chosen = folder == null
        ? tree.resolve("bench").resolve("target").resolve("bench")
        : folder;
    return new BenchOptions(tree, chosen.toAbsolutePath().normalize(), List.copyOf(against),
        List.copyOf(only), rounds, full);
  }

  private static int number(String value) {
    try {
      int rounds = Integer.parseInt(value);
      if (rounds >= 1) {
        return rounds;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number below 1.
    }
    throw usage("--rounds must be a whole number of at least 1, found " + value);
  }

  private static FiduciaException usage(String what) {
    return FiduciaException.usage(what, "",
        "bench/run [--against JAR]... [--only JOB,...] [--rounds N] [--full] [--folder DIR]");
  }
}
