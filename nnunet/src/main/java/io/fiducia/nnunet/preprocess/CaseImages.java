package io.fiducia.nnunet.preprocess;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.AxisMap;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Size;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Reorient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A case's images and labels as the arrays that nnU-Net's reader of that name would give. Arrays are
 * row-major (z, y, x).
 *
 * @param id the case's name
 * @param source where the case comes from, for messages
 * @param labelSource where the labels come from, for messages; empty without labels
 * @param reader one of {@link #READERS}
 * @param channels one array per channel
 * @param labels the label array, if there is one
 * @param arrayGeometry grid of the arrays
 * @param fileGeometry grid before any reorientation by the reader
 * @param warnings what the user should know although the case can be used
 */
public record CaseImages(
    String id,
    String source,
    String labelSource,
    String reader,
    float[][] channels,
    Optional<short[]> labels,
    Geometry arrayGeometry,
    Geometry fileGeometry,
    List<String> warnings) {
  /** The readers of nnU-Net that are known; all read NIfTI here. */
  public static final List<String> READERS = List.of(
      "SimpleITKIO", "SimpleITKIOWithReorient", "NibabelIO", "NibabelIOWithReorient");

  private static final Orientation READ_AS = new Orientation("RAS");
  /** Files store float32 or rounded decimals; a real difference is far larger. */
  private static final double SPACING_TOLERANCE = 1e-3;
  private static final double POSITION_TOLERANCE_MM = 1e-2;

  public CaseImages {
    warnings = List.copyOf(warnings);
  }

  /** An image and the name by which messages call it. */
  public record Named<T>(String name, T volume) {}

  /**
   * The arrays of volumes in memory or from files. Without reorientation the volumes' own arrays are
   * used, not copies.
   *
   * @throws FiduciaException BAD_INPUT for an unknown reader, for images or labels of different size
   *     or spacing, and for NaN or infinite voxels
   */
  public static CaseImages of(
      String id, String reader, List<Named<FloatVolume>> images,
      Optional<Named<LabelVolume>> label) {
    checkReader(reader);
    Named<FloatVolume> first = images.get(0);
    Geometry grid = first.volume().geometry();
    List<String> warnings = new ArrayList<>();
    for (Named<FloatVolume> image : images) {
      checkGrid(first.name(), grid, image.name(), image.volume().geometry(), warnings);
      checkFinite(image);
    }
    label.ifPresent(
        l -> checkGrid(first.name(), grid, l.name(), l.volume().geometry(), warnings));
    AxisMap map = reader.endsWith("WithReorient")
        ? Orientation.of(grid).to(READ_AS)
        : new AxisMap(List.of(0, 1, 2), List.of(false, false, false));
    float[][] channels = images.stream()
        // Every array is turned as the first one is: nothing is lost if origins differ slightly.
        .map(i -> map.isIdentity()
            ? i.volume().data()
            : Reorient.apply(i.volume().data(), grid.size(), map))
        .toArray(float[][]::new);
    Optional<short[]> labels = label.map(
        l -> map.isIdentity()
            ? l.volume().data()
            : Reorient.apply(l.volume().data(), grid.size(), map));
    return new CaseImages(
        id, first.name(), label.map(Named::name).orElse(""), reader, channels, labels,
        map.isIdentity() ? grid : map.apply(grid), grid,
        warnings);
  }

  /** Throws BAD_INPUT if a reader of that name is not known. */
  public static void checkReader(String reader) {
    if (!READERS.contains(reader)) {
      throw FiduciaException.badInput(
          "unknown image reader \"" + reader + "\"",
          "image_reader_writer in the plans file",
          "expected one of " + String.join(", ", READERS),
          "convert the images to NIfTI and plan with one of these readers");
    }
  }

  /** Size (z, y, x). */
  public int[] shape() {
    Size size = arrayGeometry.size();
    return new int[]{size.z(), size.y(), size.x()};
  }

  /** 2 for an image of one slice, else 3. */
  public int fileDimensions() {
    return arrayGeometry.size().z() == 1 ? 2 : 3;
  }

  /**
   * Distance of voxel centres (z, y, x). The SimpleITK readers say 999 times the larger pixel for an
   * image of one slice, as nnU-Net does for files with two axes.
   */
  public double[] spacingMm() {
    double x = arrayGeometry.spacingMm().x();
    double y = arrayGeometry.spacingMm().y();
    boolean flat = fileDimensions() == 2 && reader.startsWith("SimpleITK");
    return new double[]{flat ? Math.max(x, y) * 999 : arrayGeometry.spacingMm().z(), y, x};
  }

  private static void checkGrid(
      String expectedName, Geometry expected, String name, Geometry found, List<String> warnings) {
    if (!found.size().equals(expected.size())) {
      throw mismatch("size", expectedName, expected.size(), name, found.size());
    }
    for (int a = 0; a < 3; a++) {
      double e = expected.spacingMm().get(a);
      if (Math.abs(found.spacingMm().get(a) - e) > SPACING_TOLERANCE * e) {
        throw mismatch(
            "spacing in mm", expectedName, expected.spacingMm(), name, found.spacingMm());
      }
    }
    if (!found.matches(expected, POSITION_TOLERANCE_MM)) {
      warnings.add(
          name + ": origin or direction differs from " + expectedName + " (origin "
              + expected.originMm() + " and " + found.originMm()
              + "); voxels are matched by their index, so check that the two lie on each other");
    }
  }

  private static FiduciaException mismatch(
      String what, String expectedName, Object expected, String name, Object found) {
    return FiduciaException.badInput(
        "the images of a case do not have the same " + what, name,
        "expected " + expected + " as in " + expectedName + ", found " + found,
        "resample the file to the grid of the other, for example with image resample --like");
  }

  private static void checkFinite(Named<FloatVolume> image) {
    long bad = 0;
    for (float v : image.volume().data()) {
      if (!Float.isFinite(v)) {
        bad++;
      }
    }
    if (bad > 0) {
      throw FiduciaException.badInput(
          "the image has voxels that are NaN or infinite", image.name(),
          "expected finite numbers only, found " + bad + " of " + image.volume().data().length
              + " that are not",
          "replace them, for example by the value of air or 0");
    }
  }
}
