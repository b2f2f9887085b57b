package io.fiducia.metrics;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Vec3;
import io.fiducia.metrics.surface.MaskPair;
import io.fiducia.metrics.surface.Side;
import io.fiducia.metrics.surface.SliceContours;
import io.fiducia.metrics.surface.SurfelDistances;
import io.fiducia.metrics.surface.VoxelDistances;
import io.fiducia.morphology.Components;
import io.fiducia.morphology.Connectivity;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The metrics of one structure of one case. What several metrics share is computed once, and only if
 * one of them is asked for.
 *
 * <p>A value that does not exist is NaN: all but volumes and counts if both masks are empty;
 * distances and the centroid shift if one is.
 */
final class StructureMeasurement {
  /**
   * Distances are sums of squares of spacings that files hold in single precision, so that two
   * steps of 1.1 mm make 2.20000005 mm. A distance that exceeds a tolerance by less than this share counts as equal to it.
   */
  private static final double AT_TOLERANCE = 1 + 1e-6;

  private final MaskPair pair;
  private final Geometry geometry;
  private final Overlap overlap;
  private final boolean both;
  private final boolean none;
  private final Supplier<VoxelDistances> voxels;
  private final Supplier<SurfelDistances> surfels;
  private final Supplier<SliceContours> slices;
  private final Supplier<Vec3> shift;

  /**
   * @param ignoredVoxels voxels of the image that belong to no count
   */
  StructureMeasurement(MaskPair pair, Geometry geometry, long ignoredVoxels) {
    this.pair = pair;
    this.geometry = geometry;
    long fp = pair.voxels(Side.PREDICTION) - pair.common();
    long fn = pair.voxels(Side.REFERENCE) - pair.common();
    overlap = new Overlap(pair.common(), fp, fn,
        pair.imageSize().voxels() - ignoredVoxels - pair.common() - fp - fn);
    both = !pair.isEmpty(Side.REFERENCE) && !pair.isEmpty(Side.PREDICTION);
    none = pair.isEmpty(Side.REFERENCE) && pair.isEmpty(Side.PREDICTION);
    voxels = once(() -> VoxelDistances.between(pair));
    surfels = once(() -> SurfelDistances.between(pair));
    slices = once(() -> SliceContours.between(pair));
    shift = once(this::centroidShift);
  }

  /** The values by name, in the order of the set. */
  Map<String, Double> values(MetricSet set) {
    if (set.compat().isPresent()) {
      return set.compat().get().scores(pair, set.tolerancesMm(), set.percentiles());
    }
    Map<String, Double> values = new LinkedHashMap<>();
    set.metrics().forEach(m -> values.put(m.name(), value(m)));
    return values;
  }

  private double value(Metric m) {
    double mm3 = geometry.voxelVolumeMm3();
    long reference = overlap.referenceVoxels();
    long difference = overlap.predictionVoxels() - reference;
    return switch (m.kind()) {
      case DICE -> overlap.dice();
      case IOU -> overlap.iou();
      case TP -> overlap.tp();
      case FP -> overlap.fp();
      case FN -> overlap.fn();
      case TN -> overlap.tn();
      case N_PRED -> overlap.predictionVoxels();
      case N_REF -> reference;
      case SENSITIVITY -> overlap.sensitivity();
      case PRECISION -> overlap.precision();
      case VOLUME_PRED -> overlap.predictionVoxels() * mm3 / 1000;
      case VOLUME_REF -> reference * mm3 / 1000;
      case VOLUME_DIFFERENCE -> difference * mm3 / 1000;
      case VOLUME_DIFFERENCE_REL -> reference == 0 ? Double.NaN : (double) difference / reference;
      case CENTROID_SHIFT_X -> both ? shift.get().x() : Double.NaN;
      case CENTROID_SHIFT_Y -> both ? shift.get().y() : Double.NaN;
      case CENTROID_SHIFT_Z -> both ? shift.get().z() : Double.NaN;
      case HAUSDORFF -> both ? voxels.get().hausdorff() : Double.NaN;
      case HAUSDORFF_PERCENTILE -> both ? voxels.get().hausdorff(m.parameter()) : Double.NaN;
      case ASSD -> both ? voxels.get().assd() : Double.NaN;
      case MASD -> both ? voxels.get().masd() : Double.NaN;
      case NSD -> both
          ? surfels.get().shareWithin(m.parameter() * AT_TOLERANCE)
          : oneSided();
      case NSD_VOXEL -> both
          ? voxels.get().shareWithin(m.parameter() * AT_TOLERANCE)
          : oneSided();
      case APL -> none ? Double.NaN : slices.get().added() * pixelMm();
      case APL_FRACTION -> pair.isEmpty(Side.REFERENCE)
          ? Double.NaN
          : (double) slices.get().added() / slices.get().referenceContour();
      case N_COMPONENTS -> components();
      case MISSING_SLICES -> slices.get().missingSlices();
    };
  }

  /** Surface Dice where not both masks have a surface. */
  private double oneSided() {
    return none ? Double.NaN : 0;
  }

  /** The edge of a square with the area of a pixel. */
  private double pixelMm() {
    return Math.sqrt(pair.lattice().pixelMm2());
  }

  private double components() {
    return pair.isEmpty(Side.PREDICTION)
        ? 0
        : Components.of(pair.padded(Side.PREDICTION), pair.paddedShapeZyx(), Connectivity.CORNERS)
            .count();
  }

  /** From the reference's centroid to the prediction's, in LPS mm. */
  private Vec3 centroidShift() {
    Vec3 to = pair.centroid(Side.PREDICTION);
    Vec3 from = pair.centroid(Side.REFERENCE);
    return geometry.toPhysical(to.x(), to.y(), to.z())
        .minus(geometry.toPhysical(from.x(), from.y(), from.z()));
  }

  /** A value that is computed when it is first used; for one thread. */
  private static <T> Supplier<T> once(Supplier<T> source) {
    return new Supplier<>() {
      private java.util.Optional<T> value = java.util.Optional.empty();

      @Override
      public T get() {
        if (value.isEmpty()) {
          value = java.util.Optional.of(source.get());
        }
        return value.get();
      }
    };
  }
}
