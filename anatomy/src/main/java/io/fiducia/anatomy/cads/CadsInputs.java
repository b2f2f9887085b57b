package io.fiducia.anatomy.cads;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.base.Progress;
import io.fiducia.nnunet.dataset.FolderListing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The scans to segment: an image file, or those of a folder. */
final class CadsInputs {
  private static final List<String> ENDINGS = List.of("_0000.nii.gz", "_0000.nii", ".nii.gz",
      ".nii");
  /** No more files than this are named in one message. */
  private static final int NAMED = 5;

  private CadsInputs() {}

  /**
   * Image files by case: the file's name without {@code _0000} and its ending. Other files of a folder
   * are left out and named in a warning; hidden files and folders are passed over.
   *
   * @throws FiduciaException BAD_INPUT if there is none, two have one case's name, or a name cannot be
   *     part of a path
   */
  static Map<String, Path> of(Path path, Progress progress) {
    if (!Files.exists(path)) {
      throw FiduciaException.badInput("no such file or folder", path, "", "check the path");
    }
    Map<String, Path> cases = new LinkedHashMap<>();
    List<String> foreign = new ArrayList<>();
    List<Path> files = Files.isDirectory(path)
        ? FolderListing.of(path, "images")
        : List.of(path);
    for (Path file : files) {
      String name = file.getFileName().toString();
      Optional<String> id = id(name);
      if (Files.isDirectory(file) || name.startsWith(".")) {
        continue;
      }
      if (id.isEmpty()) {
        foreign.add(FileNames.printable(name));
        continue;
      }
      Path other = cases.put(FileNames.check(id.get(), file), file);
      if (other != null) {
        throw FiduciaException.badInput("two images of one case", path,
            other.getFileName() + " and " + name + " are both case " + id.get(),
            "their results would overwrite each other: rename one, or move it away");
      }
    }
    if (cases.isEmpty()) {
      throw FiduciaException.badInput("no image to segment", path,
          "expected NIfTI files (.nii.gz or .nii)"
              + (foreign.isEmpty() ? ", found none" : ", found " + text(foreign)),
          "check the path; a DICOM series must be converted first");
    }
    if (!foreign.isEmpty()) {
      progress.warning(path + ": left out, because they are no NIfTI files: " + text(foreign));
    }
    return cases;
  }

  private static Optional<String> id(String name) {
    return ENDINGS.stream().filter(e -> name.endsWith(e) && name.length() > e.length())
        .findFirst().map(e -> name.substring(0, name.length() - e.length()));
  }

  private static String text(List<String> names) {
    return names.stream().limit(NAMED).collect(Collectors.joining(", "))
        + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "");
  }
}
