package io.fiducia.metrics.stats;

import io.fiducia.base.FiduciaException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

/** Short names that tell folders apart. */
final class FolderNames {
  private FolderNames() {}

  /**
   * The last part of each path, or as many last parts of all as make them different.
   *
   * @throws FiduciaException USAGE if one folder is given twice
   */
  static List<String> of(List<Path> folders) {
    List<Path> absolute = folders.stream().map(f -> f.toAbsolutePath().normalize()).toList();
    for (int i = 0; i < absolute.size(); i++) {
      if (absolute.subList(0, i).contains(absolute.get(i))) {
        throw FiduciaException.usage("one folder is given twice: " + folders.get(i),
            "a comparison of a system with itself says nothing", "give two different folders");
      }
    }
    int deepest = absolute.stream().mapToInt(Path::getNameCount).max().orElse(1);
    for (int parts = 1; parts < deepest; parts++) {
      int length = parts;
      List<String> names = absolute.stream().map(p -> last(p, length)).toList();
      if (new HashSet<>(names).size() == names.size()) {
        return names;
      }
    }
    return absolute.stream().map(Path::toString).toList();
  }

  private static String last(Path path, int parts) {
    int count = path.getNameCount();
    return count == 0
        ? path.toString()
        : path.subpath(Math.max(0, count - parts), count).toString().replace('\\', '/');
  }
}
