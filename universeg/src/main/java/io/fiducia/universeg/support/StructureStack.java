package io.fiducia.universeg.support;

import io.fiducia.core.Modality;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.universeg.slice.IntensityWindow;
import io.fiducia.universeg.slice.SliceSampler;
import io.fiducia.universeg.slice.SliceView;
import io.fiducia.volume.FloatVolume;
import java.util.Arrays;

/**
 * Slices through one structure of one case, with its contours. A slice has a level: 0 at the structure's
 * low end along the plane's normal, 1 at its high end; slices beyond the ends have levels below 0 or
 * above 1, and empty contours.
 *
 * <p>Intensities are kept in 16 bits: of CT as HU; of other modalities, which have no scale of their own,
 * from 0 to {@value #FULL} between two percentiles of the stack.
 */
public final class StructureStack {
  /** What stands for 1 in stacks that are not CT. */
  public static final int FULL = 4095;
  /** The share of voxels beyond each end of the scale. */
  public static final double CLIPPED = 0.01;
  private static final short OUTSIDE = Short.MIN_VALUE;

  private final String caseId;
  private final SliceView view;
  private final double low;
  private final double extent;
  private final double widest;
  private final short[] values;
  private final byte[] labels;

  private StructureStack(String caseId, SliceView view, BoxMm box, short[] values,
      byte[] labels) {
    this.caseId = caseId;
    this.view = view;
    int axis = view.plane().normalAxis();
    this.low = box.low().get(axis);
    this.extent = box.extent(axis);
    this.widest = box.widest(view.plane());
    this.values = values;
    this.labels = labels;
  }

  /**
   * Where to cut.
   *
   * @param plane the slices' plane
   * @param sideMm length of a slice's side; the structure's middle is the slice's
   * @param pixels along a side
   * @param slices number of slices
   * @param margin how far the stack reaches beyond the structure at each end, as a share of its extent
   */
  public record Cut(SlicePlane plane, double sideMm, int pixels, int slices, double margin) {}

  /** Cuts a stack through a structure. */
  public static StructureStack cut(String caseId, FloatVolume image, Modality modality,
      StructureMask structure, Cut cut) {
    int axis = cut.plane().normalAxis();
    double extent = structure.box().extent(axis);
    double length = extent * (1 + 2 * cut.margin());
    SliceView view = new SliceView(cut.plane(), structure.box().centre(), cut.sideMm(),
        cut.pixels(), cut.slices(), length / cut.slices());
    float[] coverage = SliceSampler.coverage(structure.mask(), view);
    byte[] labels = new byte[coverage.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) (coverage[i] >= 0.5f ? 1 : 0);
    }
    return new StructureStack(caseId, view, structure.box(),
        stored(SliceSampler.image(image, view), modality), labels);
  }

  /**
   * Raw intensities, NaN outside of the image, as they are kept: {@link #value(short, IntensityWindow)}
   * reads them.
   */
  public static short[] stored(float[] raw, Modality modality) {
    IntensityWindow scale = modality == Modality.CT
        ? new IntensityWindow(0, FULL)
        : IntensityWindow.of(raw, CLIPPED, 0);
    short[] out = new short[raw.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Float.isNaN(raw[i])
          ? OUTSIDE
          : modality == Modality.CT
              ? (short) Math.max(-2000, Math.min(FULL, Math.rint(raw[i])))
              : (short) Math.rint(FULL * scale.apply(raw[i]));
    }
    return out;
  }

  /** The case that the slices are of. */
  public String caseId() {
    return caseId;
  }

  /** Where the slices lie. */
  public SliceView view() {
    return view;
  }

  /** Number of slices. */
  public int size() {
    return view.slices();
  }

  /** Level of a slice. */
  public double level(int slice) {
    return (view.positionMm(slice) - low) / extent;
  }

  /** The slice whose level is nearest. */
  public int nearest(double level) {
    double position = low + level * extent;
    double slice = (position - view.positionMm(0)) / view.stepMm();
    return (int) Math.max(0, Math.min(size() - 1, Math.rint(slice)));
  }

  /** The intensities of a slice, from 0 to 1, row by row. */
  public float[] image(int slice, IntensityWindow scale) {
    int pixels = view.pixels() * view.pixels();
    float[] out = new float[pixels];
    for (int i = 0; i < pixels; i++) {
      out[i] = value(values[slice * pixels + i], scale);
    }
    return out;
  }

  /** A kept intensity from 0 to 1; 0 outside of the image. */
  public static float value(short kept, IntensityWindow scale) {
    return kept == OUTSIDE ? 0 : scale.apply(kept);
  }

  /** The contours of a slice, 1 inside and 0 elsewhere, row by row. */
  public float[] label(int slice) {
    int pixels = view.pixels() * view.pixels();
    float[] out = new float[pixels];
    for (int i = 0; i < pixels; i++) {
      out[i] = labels[slice * pixels + i];
    }
    return out;
  }

  /**
   * A slice as a network reads it: intensities, then contours; the structure's middle is the slice's
   * middle.
   *
   * @param side number of pixels along the slice's side
   * @param sideMm its length
   */
  public float[] forNetwork(int slice, int side, double sideMm, IntensityWindow scale) {
    float[] out = Arrays.copyOf(resampled(image(slice, scale), side, sideMm), 2 * side * side);
    System.arraycopy(contoursForNetwork(slice, side, sideMm), 0, out, side * side, side * side);
    return out;
  }

  /** The contours alone, as {@link #forNetwork} gives them. */
  public float[] contoursForNetwork(int slice, int side, double sideMm) {
    float[] out = resampled(label(slice), side, sideMm);
    for (int i = 0; i < out.length; i++) {
      out[i] = out[i] >= 0.5f ? 1 : 0;
    }
    return out;
  }

  private float[] resampled(float[] slice, int side, double sideMm) {
    int own = view.pixels();
    float[] out = new float[side * side];
    double step = sideMm / side / view.pixelMm();
    double first = (own - 1) / 2.0 - (side - 1) / 2.0 * step;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        out[y * side + x] = linear(slice, own, first + x * step, first + y * step);
      }
    }
    return out;
  }

  /** The value between pixels; 0 outside. */
  private static float linear(float[] pixels, int side, double u, double v) {
    int x = (int) Math.floor(u);
    int y = (int) Math.floor(v);
    if (x < -1 || y < -1 || x >= side || y >= side) {
      return 0;
    }
    double a = u - x;
    double b = v - y;
    return (float) ((1 - b) * ((1 - a) * at(pixels, side, x, y) + a * at(pixels, side, x + 1, y))
        + b * ((1 - a) * at(pixels, side, x, y + 1) + a * at(pixels, side, x + 1, y + 1)));
  }

  private static float at(float[] pixels, int side, int x, int y) {
    return x < 0 || y < 0 || x >= side || y >= side ? 0 : pixels[y * side + x];
  }

  /** The intensities of all slices in HU or from 0 to {@link #FULL}, NaN outside of the image. */
  public float[] values() {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[i] == OUTSIDE ? Float.NaN : values[i];
    }
    return out;
  }

  /** The structure's largest extent within the plane, in mm. */
  public double widestMm() {
    return widest;
  }

  /** The area of the contours in a slice, in mm2. */
  public double areaMm2(int slice) {
    int pixels = view.pixels() * view.pixels();
    int count = 0;
    for (int i = 0; i < pixels; i++) {
      count += labels[slice * pixels + i];
    }
    return count * view.pixelMm() * view.pixelMm();
  }
}
