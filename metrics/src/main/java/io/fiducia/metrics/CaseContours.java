package io.fiducia.metrics;

import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** The files that hold one side's contours of one case. */
public sealed interface CaseContours {
  /** What summary.json names: the file, or the folder of files. */
  Path path();

  /** All structures in one file, each with its own label. */
  record LabelMap(Path path) implements CaseContours {}

  /**
   * One file per structure; a voxel belongs to it if its value is not 0.
   *
   * @param files by the structure's name, which is the file's name without its ending
   */
  record StructureFiles(Path path, SortedMap<String, Path> files) implements CaseContours {
    public StructureFiles {
      files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }
  }
}
