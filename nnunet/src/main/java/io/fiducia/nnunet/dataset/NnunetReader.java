package io.fiducia.nnunet.dataset;

import io.fiducia.base.FiduciaException;
import io.fiducia.nifti.NiftiConvention;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * nnU-Net's image readers. The name of the reader is part of a model: another one may turn or mirror
 * the patient.
 */
public enum NnunetReader {
  /** NIfTI in the file's order, placed as ITK reads the header. */
  SIMPLE_ITK("SimpleITKIO", Optional.of(NiftiConvention.ITK), false, List.of(".nii.gz")),
  /** NIfTI in the file's order, placed as nibabel reads the header. */
  NIBABEL("NibabelIO", Optional.of(NiftiConvention.NIBABEL), false, List.of(".nii", ".nii.gz")),
  /** NIfTI turned to right, anterior, superior; TotalSegmentator's models use it. */
  NIBABEL_REORIENT("NibabelIOWithReorient", Optional.of(NiftiConvention.NIBABEL), true,
      List.of(".nii", ".nii.gz")),
  /** NIfTI turned to right, anterior, superior, placed as ITK reads the header. */
  SIMPLE_ITK_REORIENT("SimpleITKIOWithReorient", Optional.of(NiftiConvention.ITK), true,
      List.of(".nii.gz")),
  /** A picture, grey or RGB. */
  NATURAL_IMAGE_2D("NaturalImage2DIO", Optional.empty(), false, List.of(".png", ".bmp", ".tif")),
  /** A TIFF of several pages; its spacing stands in a JSON file beside it. */
  TIFF_3D("Tiff3DIO", Optional.empty(), false, List.of(".tif", ".tiff"));

  private final String upstreamName;
  private final Optional<NiftiConvention> nifti;
  private final boolean reorients;
  private final List<String> endings;

  NnunetReader(String upstreamName, Optional<NiftiConvention> nifti, boolean reorients,
      List<String> endings) {
    this.upstreamName = upstreamName;
    this.nifti = nifti;
    this.reorients = reorients;
    this.endings = endings;
  }

  /** The name in plans.json and dataset.json. */
  public String upstreamName() {
    return upstreamName;
  }

  /** How headers are read; empty where the files are no NIfTI. */
  public Optional<NiftiConvention> nifti() {
    return nifti;
  }

  /** Whether images are turned to RAS. */
  public boolean reorients() {
    return reorients;
  }

  /** Whether one file may hold several channels: colours, or the fourth axis of a NIfTI file. */
  boolean severalChannelsInAFile() {
    return this == NATURAL_IMAGE_2D || this == SIMPLE_ITK || this == SIMPLE_ITK_REORIENT;
  }

  /** The reader of that name. @throws FiduciaException BAD_INPUT if there is none */
  public static NnunetReader named(String name) {
    return Arrays.stream(values()).filter(r -> r.upstreamName.equals(name)).findFirst()
        .orElseThrow(() -> FiduciaException.badInput("unknown image reader \"" + name + "\"",
            "image_reader_writer in the plans file, or overwrite_image_reader_writer in dataset.json",
            "expected one of " + names(), "convert the images to NIfTI and plan with one of these"
                + " readers"));
  }

  /**
   * The readers that nnU-Net tries for files of that ending, in its order; empty if none of those
   * here can read them.
   */
  static List<NnunetReader> forEnding(String ending) {
    String lower = ending.toLowerCase(Locale.ROOT);
    return List.of(NATURAL_IMAGE_2D, SIMPLE_ITK, TIFF_3D, NIBABEL).stream()
        .filter(r -> r.endings.contains(lower)).toList();
  }

  private static String names() {
    return Arrays.stream(values()).map(NnunetReader::upstreamName)
        .collect(Collectors.joining(", "));
  }
}
