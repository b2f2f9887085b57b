package io.fiducia.metrics;

import io.fiducia.nifti.NiftiReader;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * How label maps are stored in files.
 *
 * @param endings what their names end in, with the dot
 * @param placed whether a file says where its voxels lie; where it does not, as with pictures, two maps
 *     are compared voxel by voxel and need only be of one size
 * @param reader reads a file; BAD_INPUT if it cannot be read or is no label map
 */
public record LabelMapFormat(List<String> endings, boolean placed,
    Function<Path, LabelMapContent> reader) {
  /** NIfTI. */
  public static final LabelMapFormat NIFTI = new LabelMapFormat(List.of(".nii.gz", ".nii"), true,
      file -> LabelMapContent.of(NiftiReader.read(file)));

  public LabelMapFormat {
    endings = List.copyOf(endings);
  }

  /** Reads a label map; BAD_INPUT if the file cannot be read or is no label map. */
  LabelMapContent read(Path file) {
    return reader.apply(file);
  }

  /** A label map's name without its ending; empty if the file does not have such an ending. */
  public String stem(Path file) {
    String name = file.getFileName().toString();
    for (String ending : endings) {
      if (name.endsWith(ending) && !name.startsWith(".")) {
        return name.substring(0, name.length() - ending.length());
      }
    }
    return "";
  }

  /** The endings as a sentence names them. */
  String endingsText() {
    return String.join(" or ", endings);
  }
}
