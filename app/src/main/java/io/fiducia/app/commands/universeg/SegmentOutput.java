package io.fiducia.app.commands.universeg;

import io.fiducia.app.cli.OutputOption;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.geometry.Geometry;
import io.fiducia.nifti.NiftiReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** An image and the files that its results go to. */
record SegmentOutput(String name, Path image, Path folder, Kinds kinds) {
  private static final List<String> ENDINGS = List.of(".nii.gz", ".nii");

  /** What is written besides contours. */
  record Kinds(boolean overlap, boolean probabilities, boolean uncertainty) {}

  /**
   * The outputs of images, none of which exists unless it may be replaced.
   *
   * @throws FiduciaException BAD_INPUT for an image that is no NIfTI file, two of one name, or an existing
   *     result
   */
  static List<SegmentOutput> of(List<Path> images, Path folder, Kinds kinds, OutputOption option) {
    Set<String> names = new HashSet<>();
    List<SegmentOutput> out = new ArrayList<>();
    for (Path image : images) {
      String file = image.getFileName().toString();
      String ending = ENDINGS.stream().filter(file.toLowerCase(Locale.ROOT)::endsWith).findFirst()
          .orElseThrow(() -> FiduciaException.badInput("unsupported image format", image,
              "expected a name ending in .nii or .nii.gz", "convert the image to NIfTI"));
      String name = FileNames.check(file.substring(0, file.length() - ending.length()), image);
      if (!names.add(name)) {
        throw FiduciaException.badInput("two images have one name", image,
            "both are called " + name, "segment them into different folders");
      }
      SegmentOutput one = new SegmentOutput(name, image, folder, kinds);
      Stream.of(one.labels(), one.report(), one.probabilities(), one.uncertainty())
          .forEach(option::check);
      out.add(one);
    }
    return out;
  }

  /** The image's grid, from its header. */
  Geometry grid() {
    return NiftiReader.readGeometry(image);
  }

  Path labels() {
    return folder.resolve(name + ".nii.gz");
  }

  /** A structure's own file. */
  Path structure(String structure) {
    return folder.resolve(name).resolve(FileNames.check(structure, "structure") + ".nii.gz");
  }

  Path report() {
    return folder.resolve(name + ".json");
  }

  Path probabilities() {
    return folder.resolve(name + "_probabilities.nii.gz");
  }

  Path uncertainty() {
    return folder.resolve(name + "_uncertainty.nii.gz");
  }
}
