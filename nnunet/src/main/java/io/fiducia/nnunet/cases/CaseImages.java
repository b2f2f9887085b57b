package io.fiducia.nnunet.cases;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.AxisMap;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nnunet.dataset.NnunetReader;
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
 * @param origin the case's name and files, for messages
 * @param grid the grid of the files and of the arrays
 * @param channels one array per channel
 * @param labels the label array, if there is one
 * @param warnings what the user should know although the case can be used
 */
public record CaseImages(Origin origin, SourceGrid grid, float[][] channels,
    Optional<short[]> labels, List<String> warnings) {
  private static final Orientation READ_AS = new Orientation("RAS");
  private static final AxisMap AS_IT_IS = new AxisMap(List.of(0, 1, 2),
      List.of(false, false, false));
  /** Files store float32 or rounded decimals; a real difference is far larger. */
  private static final double SPACING_TOLERANCE = 1e-3;
  private static final double POSITION_TOLERANCE_MM = 1e-2;
  /** Between the slices of an image that has one: far more than any voxel. */
  private static final double PLANE_SPACING = 999;

  public CaseImages {
    warnings = List.copyOf(warnings);
  }

  /**
   * What messages say of a case.
   *
   * @param id its name
   * @param images where its images come from
   * @param labels where its labels come from; empty without labels
   */
  public record Origin(String id, String images, String labels) {}

  /** An image and the name by which messages call it. */
  public record Named<T>(String name, T volume) {}

  /**
   * A file's content with what its volume's geometry does not say.
   *
   * @param spacing the header's spacing (x, y, z) in mm
   * @param dimensions 2 or 3
   */
  record Loaded<T>(String name, T volume, Geometry grid, Vec3 spacing, int dimensions) {
    static Loaded<FloatVolume> image(Named<FloatVolume> n) {
      return plain(n.name(), n.volume(), n.volume().geometry());
    }

    static Loaded<LabelVolume> label(Named<LabelVolume> n) {
      return plain(n.name(), n.volume(), n.volume().geometry());
    }

    private static <T> Loaded<T> plain(String name, T volume, Geometry grid) {
      return new Loaded<>(name, volume, grid, grid.spacingMm(), grid.size().z() == 1 ? 2 : 3);
    }
  }

  /** Grid, spacing (x, y, z) and axis order of a volume after the reader's turn. */
  private record Turned(AxisMap map, Geometry grid, Vec3 spacing) {
    static Turned of(Loaded<?> loaded, NnunetReader reader) {
      AxisMap map = reader.reorients() ? Orientation.of(loaded.grid()).to(READ_AS) : AS_IT_IS;
      Geometry grid = map.isIdentity() ? loaded.grid() : map.apply(loaded.grid());
      Vec3 s = loaded.spacing();
      return new Turned(map, grid, new Vec3(s.get(map.source().get(0)),
          s.get(map.source().get(1)), s.get(map.source().get(2))));
    }
  }

  /**
   * The arrays of volumes in memory. Without reorientation the volumes' own arrays are used, not
   * copies. An image of one slice counts as a file with two axes.
   *
   * @throws FiduciaException BAD_INPUT for an unknown reader, for images or labels of different size
   *     or spacing, and for NaN or infinite voxels
   */
  public static CaseImages of(
      String id, String reader, List<Named<FloatVolume>> images,
      Optional<Named<LabelVolume>> label) {
    return of(id, NnunetReader.named(reader), images.stream().map(Loaded::image).toList(),
        label.map(Loaded::label), List.of());
  }

  /** The arrays of what a reader read, with the reader's warnings; errors as the public method. */
  static CaseImages of(
      String id, NnunetReader reader, List<Loaded<FloatVolume>> images,
      Optional<Loaded<LabelVolume>> label, List<String> notes) {
    Loaded<FloatVolume> first = images.get(0);
    Turned turned = Turned.of(first, reader);
    List<String> warnings = new ArrayList<>(notes);
    float[][] channels = new float[images.size()][];
    for (int c = 0; c < channels.length; c++) {
      Loaded<FloatVolume> image = images.get(c);
      Turned own = Turned.of(image, reader);
      checkGrid(first.name(), turned, image.name(), own, warnings);
      checkFinite(image.name(), image.volume());
      channels[c] = own.map().isIdentity()
          ? image.volume().data()
          : Reorient.apply(image.volume().data(), image.grid().size(), own.map());
    }
    Optional<short[]> labels = label.map(l -> {
      Turned own = Turned.of(l, reader);
      checkGrid(first.name(), turned, l.name(), own, warnings);
      return own.map().isIdentity()
          ? l.volume().data()
          : Reorient.apply(l.volume().data(), l.grid().size(), own.map());
    });
    Vec3 s = turned.spacing();
    double between = first.dimensions() == 3
        ? s.z()
        : reader.nifti().isPresent() ? PLANE_SPACING * Math.max(s.x(), s.y()) : PLANE_SPACING;
    return new CaseImages(new Origin(id, first.name(), label.map(Loaded::name).orElse("")),
        new SourceGrid(reader.upstreamName(), List.of(between, s.y(), s.x()), turned.grid(),
            first.grid(), first.dimensions()),
        channels, labels, warnings);
  }

  /** The case's name. */
  public String id() {
    return origin.id();
  }

  /** Where the images come from, for messages. */
  public String source() {
    return origin.images();
  }

  /** Where the labels come from, for messages; empty without labels. */
  public String labelSource() {
    return origin.labels();
  }

  /** Distance of voxel centres (z, y, x) as the reader states it, in mm. */
  public List<Double> spacing() {
    return grid.spacingMm();
  }

  /** Size (z, y, x). */
  public int[] shape() {
    Size size = grid.array().size();
    return new int[]{size.z(), size.y(), size.x()};
  }

  /** {@link #spacing()} as an array. */
  public double[] spacingMm() {
    return spacing().stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static void checkGrid(
      String expectedName, Turned expected, String name, Turned found, List<String> warnings) {
    if (!found.grid().size().equals(expected.grid().size())) {
      throw mismatch("size", expectedName, expected.grid().size(), name, found.grid().size());
    }
    for (int a = 0; a < 3; a++) {
      double e = expected.spacing().get(a);
      if (Math.abs(found.spacing().get(a) - e) > SPACING_TOLERANCE * e) {
        throw mismatch("spacing in mm", expectedName, expected.spacing(), name, found.spacing());
      }
    }
    if (!found.grid().matches(expected.grid(), POSITION_TOLERANCE_MM)) {
      warnings.add(
          name + ": origin or direction differs from " + expectedName + " (origin "
              + expected.grid().originMm() + " and " + found.grid().originMm()
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

  private static void checkFinite(String name, FloatVolume image) {
    long bad = 0;
    for (float v : image.data()) {
      if (!Float.isFinite(v)) {
        bad++;
      }
    }
    if (bad > 0) {
      throw FiduciaException.badInput(
          "the image has voxels that are NaN or infinite", name,
          "expected finite numbers only, found " + bad + " of " + image.data().length
              + " that are not",
          "replace them, for example by the value of air or 0");
    }
  }
}
