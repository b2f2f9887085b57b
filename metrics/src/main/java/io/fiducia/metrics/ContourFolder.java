package io.fiducia.metrics;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Finds the cases of one side. A folder holds one label map per case, {@code CASE.nii.gz}, or one
 * folder per case with one file per structure, {@code CASE/NAME.nii.gz} (also {@code
 * CASE/segmentations/NAME.nii.gz}, as TotalSegmentator's data have it). Hidden files do not count.
 */
public final class ContourFolder {
  private ContourFolder() {}

  /**
   * The cases of a folder by name, in order.
   *
   * @throws FiduciaException BAD_INPUT if the folder is missing or a case is there twice
   */
  public static SortedMap<String, CaseContours> cases(Path folder, LabelMapFormat format) {
    SortedMap<String, CaseContours> cases = new TreeMap<>();
    for (Path entry : entries(folder)) {
      String id = format.stem(entry);
      Optional<CaseContours> contours = Files.isDirectory(entry)
          ? structureFiles(entry, format).map(CaseContours.class::cast)
          : id.isEmpty() ? Optional.empty() : Optional.of(new CaseContours.LabelMap(entry));
      if (contours.isEmpty()) {
        continue;
      }
      String name = id.isEmpty() ? entry.getFileName().toString() : id;
      CaseContours twin = cases.put(name, contours.get());
      if (twin != null) {
        throw FiduciaException.badInput("one case twice", folder,
            twin.path().getFileName() + " and "
                + entry.getFileName() + " are the same case",
            "keep one of the two");
      }
    }
    return cases;
  }

  /**
   * One case: a label map's file, or a folder of one file per structure.
   *
   * @throws FiduciaException BAD_INPUT if there is no such file, or no structure in the folder
   */
  public static CaseContours one(Path path, LabelMapFormat format) {
    if (Files.isDirectory(path)) {
      return structureFiles(path, format).orElseThrow(() -> FiduciaException.badInput(
          "no contours in the folder", path,
          "expected one " + format.endingsText() + " file per structure", "check the path"));
    }
    if (!Files.isRegularFile(path)) {
      throw FiduciaException.badInput("no such file", path, "expected a label map",
          "check the path");
    }
    return new CaseContours.LabelMap(path);
  }

  private static Optional<CaseContours.StructureFiles> structureFiles(Path folder,
      LabelMapFormat format) {
    SortedMap<String, Path> files = new TreeMap<>();
    for (Path file : entries(folder)) {
      String name = format.stem(file);
      if (name.isEmpty() || Files.isDirectory(file)) {
        continue;
      }
      Path twin = files.put(name, file);
      if (twin != null) {
        throw FiduciaException.badInput("one structure twice", folder, twin.getFileName() + " and "
            + file.getFileName() + " are the same structure", "keep one of the two files");
      }
    }
    Path nested = folder.resolve("segmentations");
    if (files.isEmpty() && Files.isDirectory(nested)) {
      return structureFiles(nested, format);
    }
    return files.isEmpty()
        ? Optional.empty()
        : Optional.of(new CaseContours.StructureFiles(folder, files));
  }

  private static List<Path> entries(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw FiduciaException.badInput("no such folder", folder, "expected a folder of label maps",
          "check the path");
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> !f.getFileName().toString().startsWith(".")).sorted().toList();
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot list the folder", folder, String.valueOf(e),
          "check that it may be read", e);
    }
  }
}
