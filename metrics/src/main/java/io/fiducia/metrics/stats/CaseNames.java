package io.fiducia.metrics.stats;

/** Names of cases as different programs write them. */
final class CaseNames {
  private CaseNames() {}

  /** The case of an image file: its name without folder and ending, on any system's path. */
  static String ofFile(String path) {
    String name = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    if (name.endsWith(".nii.gz")) {
      return name.substring(0, name.length() - 7);
    }
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /** A case as a table names it, with or without an image's ending. */
  static String ofTable(String name) {
    return name.endsWith(".nii.gz") || name.endsWith(".nii") ? ofFile(name) : name;
  }
}
