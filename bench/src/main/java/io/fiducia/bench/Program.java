package io.fiducia.bench;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One version of Fiducia in the layout of a release, so that its launcher starts it as it does for
 * users and never builds anything.
 *
 * @param name of the program in the table
 * @param jar the jar that it was laid out from
 * @param launcher the file to run
 */
record Program(String name, Path jar, Path launcher) {
  /** A JVM that keeps what it learnt at start-up in a cache file; older ones have no such option. */
  private static final int CACHE_SINCE = 25;

  /**
   * Lays a program out in a folder and makes its start-up cache, as the launcher's build does.
   *
   * @param jar the program's fiducia.jar with its libraries in {@code lib} beside it; its launcher
   *     is looked for beside it and in the source tree that it was built in
   * @param other the launcher where the jar has none
   * @throws FiduciaException BAD_INPUT if the jar or its libraries are missing
   */
  static Program layOut(String name, Path jar, Path other, Path folder) {
    Path library = jar.resolveSibling("lib");
    if (!Files.isRegularFile(jar) || !Files.isDirectory(library)) {
      throw FiduciaException.badInput("no program to measure", jar,
          "expected a fiducia.jar with its libraries in lib beside it",
          "build it with 'mvn package -DskipTests', or name the jar in app/target");
    }
    Path launcher = launcher(jar, other);
    try {
      deleteTree(folder);
      Files.createDirectories(folder.resolve("config"));
      Path ownLauncher = Files.copy(launcher, folder.resolve("fiducia"),
          StandardCopyOption.COPY_ATTRIBUTES);
      Path table = launcher.resolveSibling("config").resolve("launch.tsv");
      if (Files.exists(table)) {
        Files.copy(table, folder.resolve("config").resolve("launch.tsv"));
      }
      Files.copy(jar, folder.resolve("fiducia.jar"), StandardCopyOption.COPY_ATTRIBUTES);
      Files.createSymbolicLink(folder.resolve("lib"), library);
      Program program = new Program(name, jar, ownLauncher);
      program.makeCache(folder);
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path launcher(Path jar, Path other) {
    Path beside = jar.resolveSibling("fiducia");
    // app/target/fiducia.jar of a source tree.
    Path root = jar.getParent().getParent() == null
        ? null
        : jar.getParent().getParent().getParent();
    if (Files.isExecutable(beside)) {
      return beside;
    }
    return root != null && Files.isExecutable(root.resolve("fiducia"))
        ? root.resolve("fiducia")
        : other;
  }

  /** The same short training run as the launcher's; without it start-up would look slower than it is. */
  private void makeCache(Path folder) throws IOException {
    if (Runtime.version().feature() < CACHE_SINCE) {
      return;
    }
    Path data = folder.resolve("Dataset001_Phantom");
    Path log = folder.resolve("cache.log");
    Path cache = folder.resolve("fiducia.aot");
    run(Map.of(), log, "phantom", data.toString(), "--cases", "2", "--test", "0", "--size", "small",
        "-q");
    List<String> command = List.of(java().toString(), "-XX:+UseParallelGC",
        "-XX:AOTCacheOutput=" + cache, "-jar", folder.resolve("fiducia.jar").toString(), "evaluate",
        "-r", data.resolve("labelsTr").toString(), "-p", data.resolve("labelsTr").toString(), "-o",
        folder.resolve("scores").toString(), "-q");
    Child.run(command, Map.of(), log);
    // A launcher takes a cache only if it is newer than the jar.
    Files.setLastModifiedTime(cache, FileTime.fromMillis(System.currentTimeMillis() + 1000));
    deleteTree(data);
    deleteTree(folder.resolve("scores"));
  }

  private static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /** Runs the program with these words and returns what that took; both programs get this Java. */
  Child.Usage run(Map<String, String> environment, Path log, String... words) {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(words));
    Map<String, String> all = new java.util.HashMap<>(environment);
    all.put("FIDUCIA_JAVA_HOME", System.getProperty("java.home"));
    return Child.run(command, all, log);
  }

  /** Deletes a folder with all that is in it; links are deleted, not followed. */
  static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
