package io.fiducia.metrics;

import io.fiducia.nifti.NiftiImage;
import io.fiducia.volume.LabelVolume;
import java.util.List;

/**
 * What a file of a label map holds.
 *
 * @param plane whether the file has two dimensions, as pictures have and NIfTI files may; a file of
 *     three dimensions with one slice has three
 * @param warnings what the user should know about the file although it could be read
 */
public record LabelMapContent(LabelVolume labels, boolean plane, List<String> warnings) {
  public LabelMapContent {
    warnings = List.copyOf(warnings);
  }

  /** A label map of three dimensions. */
  public static LabelMapContent volume(LabelVolume labels) {
    return new LabelMapContent(labels, false, List.of());
  }

  /**
   * The label map in a NIfTI image.
   *
   * @throws io.fiducia.base.FiduciaException BAD_INPUT if the image is no label map
   */
  static LabelMapContent of(NiftiImage image) {
    return new LabelMapContent(image.toLabelVolume(), image.declaredDimensions() <= 2,
        image.warnings());
  }
}
