package io.fiducia.anatomy.engine;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.base.Progress;
import io.fiducia.nifti.NiftiConvention;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.volume.FloatVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The images that are to be segmented: one NIfTI file, or all of a folder. */
public final class ScanFiles {
  private static final List<String> NIFTI = List.of(".nii.gz", ".nii");

  private ScanFiles() {}

  /** A file. @param name its name without ending, checked, for names of results */
  public record ScanFile(String name, Path file) {}

  /**
   * The images of a path in the order of their names.
   *
   * @param input a NIfTI file, or a folder of them
   * @param progress gets a warning about names that are easily mixed up
   * @throws FiduciaException BAD_INPUT if there is none, if it is something else than NIfTI, or if two
   *     files of a folder have one name
   */
  public static List<ScanFile> of(Path input, Progress progress) {
    return of(input, "", progress);
  }

  /**
   * As the other method, but what stands before the ending does not belong to the name.
   *
   * @param mark may stand at the end of a name and is left out of it, such as {@code _0000}
   */
  public static List<ScanFile> of(Path input, String mark, Progress progress) {
    if (Files.isRegularFile(input)) {
      if (!isNifti(input)) {
        throw FiduciaException.badInput("unsupported image format", input,
            "expected a name ending in .nii or .nii.gz", "convert the image to NIfTI");
      }
      return List.of(new ScanFile(name(input, mark), input));
    }
    if (!Files.isDirectory(input)) {
      throw FiduciaException.badInput("no such image", input, "there is no file and no folder",
          "check the path");
    }
    List<ScanFile> files = new ArrayList<>();
    try (Stream<Path> entries = Files.list(input)) {
      entries.filter(f -> isNifti(f) && Files.isRegularFile(f)).sorted()
          .forEach(f -> files.add(new ScanFile(name(f, mark), f)));
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot list the folder of images", input,
          String.valueOf(e.getMessage()), "check that it may be read", e);
    }
    if (files.isEmpty()) {
      throw FiduciaException.badInput("no image in the folder", input,
          "expected files whose names end in .nii or .nii.gz",
          "convert DICOM series to NIfTI first, and check the path");
    }
    Set<String> names = new HashSet<>();
    files.stream().map(ScanFile::name).filter(n -> !names.add(n)).findFirst().ifPresent(twice -> {
      throw FiduciaException.badInput("two images have one name", input,
          "both are called " + twice, "rename one of them");
    });
    return files;
  }

  private static boolean isNifti(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return !name.startsWith(".") && NIFTI.stream().anyMatch(name::endsWith);
  }

  private static String name(Path file, String mark) {
    String name = file.getFileName().toString();
    String lower = name.toLowerCase(Locale.ROOT);
    String ending = NIFTI.stream().filter(lower::endsWith).findFirst().orElseThrow();
    String whole = name.substring(0, name.length() - ending.length());
    return FileNames.check(whole.endsWith(mark) && whole.length() > mark.length()
        ? whole.substring(0, whole.length() - mark.length())
        : whole, file);
  }

  /**
   * Reads an image as nibabel places it. As in TotalSegmentator, the first volume of several is used.
   *
   * @throws FiduciaException BAD_INPUT if the file cannot be read, or is an image of one slice
   */
  public static FloatVolume read(ScanFile scan, Progress progress) {
    NiftiImage image = NiftiReader.read(scan.file()).as(NiftiConvention.NIBABEL);
    image.warnings().forEach(w -> progress.warning(scan.file() + ": " + w));
    if (image.declaredDimensions() == 2 || image.geometry().size().z() == 1) {
      throw FiduciaException.badInput("an image of one slice cannot be segmented", scan.file(),
          "expected three dimensions, found shape (x first) " + image.shape(),
          "give the whole volume");
    }
    if (image.channels() > 1) {
      progress.warning(scan.file() + ": " + image.channels()
          + " volumes, shape (x first) " + image.shape() + "; only the first is used");
    }
    return image.toFloatVolume(0);
  }
}
