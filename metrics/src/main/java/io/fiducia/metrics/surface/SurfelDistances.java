package io.fiducia.metrics.surface;

/**
 * Distances in mm between the surface elements of a reference and a prediction, with the elements'
 * areas in mm2, in a plane their lengths in mm. An element lies at a corner of the voxel grid whose
 * eight voxels, in a plane four pixels, are not all alike; see {@link SurfelAreas}. The order is that of the grid. If one mask is empty, the other one's
 * distances are infinite and it has no elements itself.
 */
public record SurfelDistances(double[] fromReference, double[] referenceAreas,
    double[] fromPrediction, double[] predictionAreas) {
  /** The distances between two surfaces. */
  public static SurfelDistances between(MaskPair pair) {
    double[] table = SurfelAreas.table(pair.lattice());
    Surfels reference = Surfels.of(pair.mask(Side.REFERENCE), pair.lattice().plane());
    Surfels prediction = Surfels.of(pair.mask(Side.PREDICTION), pair.lattice().plane());
    NearestSearch nearest = pair.nearest();
    return new SurfelDistances(nearest.distancesMm(reference.points(), prediction.points()),
        reference.areas(table), nearest.distancesMm(prediction.points(), reference.points()),
        prediction.areas(table));
  }

  /** The same distances rounded to single precision. */
  public SurfelDistances singlePrecision() {
    return new SurfelDistances(VoxelDistances.rounded(fromReference), referenceAreas,
        VoxelDistances.rounded(fromPrediction), predictionAreas);
  }

  /**
   * Surface Dice: the share of the area of both surfaces that lies at most {@code limitMm} from the
   * other surface; NaN if there is no surface.
   */
  public double shareWithin(double limitMm) {
    return (areaWithin(fromReference, referenceAreas, limitMm)
        + areaWithin(fromPrediction, predictionAreas, limitMm))
        / (areaWithin(fromReference, referenceAreas, Double.POSITIVE_INFINITY)
            + areaWithin(fromPrediction, predictionAreas, Double.POSITIVE_INFINITY));
  }

  private static double areaWithin(double[] distances, double[] areas, double limitMm) {
    double sum = 0;
    for (int i = 0; i < distances.length; i++) {
      if (distances[i] <= limitMm) {
        sum += areas[i];
      }
    }
    return sum;
  }
}
