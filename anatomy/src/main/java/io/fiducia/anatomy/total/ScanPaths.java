package io.fiducia.anatomy.total;

import io.fiducia.anatomy.engine.ScanFiles;
import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Where the results of one image go.
 *
 * @param structures folder of one file per structure, or empty
 * @param labelMap file of the label map, or empty
 * @param statistics empty if they are not wanted
 * @param preview empty if it is not wanted
 */
record ScanPaths(Optional<Path> structures, Optional<Path> labelMap, Optional<Path> statistics,
    Optional<Path> preview) {
  private static final String ENDING = ".nii.gz";
  private static final String STATISTICS = "statistics.json";

  /** The results of the only image. */
  static ScanPaths ofOne(TotalOutput output, String task) {
    String picture = picture(task);
    boolean map = output.form() == TotalOutput.Form.LABEL_MAP;
    Path folder = map || output.form() == TotalOutput.Form.NONE && isFile(output.path())
        ? output.path().toAbsolutePath().normalize().getParent()
        : output.path();
    return new ScanPaths(
        output.form() == TotalOutput.Form.STRUCTURES ? Optional.of(folder) : Optional.empty(),
        map ? Optional.of(output.path()) : Optional.empty(),
        output.statistics().map(s -> s.file().orElse(folder.resolve(STATISTICS))),
        output.preview() ? Optional.of(folder.resolve(picture)) : Optional.empty());
  }

  /** The results of one of several images: a folder of its name, or files that begin with it. */
  static ScanPaths ofMany(TotalOutput output, String task, String name) {
    if (output.form() == TotalOutput.Form.LABEL_MAP) {
      return new ScanPaths(Optional.empty(), Optional.of(output.path().resolve(name + ENDING)),
          output.statistics().map(s -> output.path().resolve(name + "_" + STATISTICS)),
          output.preview()
              ? Optional.of(output.path().resolve(name + "_" + picture(task)))
              : Optional.empty());
    }
    Path folder = output.path().resolve(name);
    return new ScanPaths(
        output.form() == TotalOutput.Form.STRUCTURES ? Optional.of(folder) : Optional.empty(),
        Optional.empty(), output.statistics().map(s -> folder.resolve(STATISTICS)),
        output.preview() ? Optional.of(folder.resolve(picture(task))) : Optional.empty());
  }

  private static boolean isFile(Path path) {
    return path.toString().endsWith(ENDING) || path.toString().endsWith(".nii");
  }

  private static String picture(String task) {
    return "preview_" + task + ".png";
  }

  /** All files, the structures' ones by their names. */
  List<Path> files(Collection<String> names) {
    List<Path> files = new ArrayList<>();
    structures.ifPresent(folder -> names.forEach(n -> files.add(folder.resolve(n + ENDING))));
    labelMap.ifPresent(files::add);
    statistics.ifPresent(files::add);
    preview.ifPresent(files::add);
    return files;
  }

  /**
   * Makes sure that no result would replace an image.
   *
   * @throws FiduciaException BAD_INPUT naming the image
   */
  void checkApart(Collection<String> names, List<ScanFiles.ScanFile> scans) {
    for (Path file : files(names)) {
      for (ScanFiles.ScanFile scan : scans) {
        if (isSame(file, scan.file())) {
          throw FiduciaException.badInput("a result would replace an image", file,
              "the image lies where the result goes", "choose another place for the results");
        }
      }
    }
  }

  private static boolean isSame(Path a, Path b) {
    try {
      return Files.exists(a) && Files.isSameFile(a, b);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Makes sure that nothing would be replaced.
   *
   * @throws FiduciaException BAD_INPUT naming a file that exists
   */
  void checkAbsent(Collection<String> names) {
    for (Path file : files(names)) {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw FiduciaException.badInput("the output exists already", file,
            "existing results are not overwritten",
            "choose another place, or allow overwriting");
      }
    }
  }
}
