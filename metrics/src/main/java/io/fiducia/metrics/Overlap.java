package io.fiducia.metrics;

/**
 * Voxel counts of a prediction against a reference, and the overlap metrics that follow from them.
 * A ratio without a value (nothing on either side) is NaN, as in nnU-Net's summary.json.
 */
public record Overlap(long tp, long fp, long fn, long tn) {
  /** 2TP / (2TP + FP + FN): 1 for equal masks, 0 when one side alone is empty, NaN when both are. */
  public double dice() {
    return ratio(2 * tp, 2 * tp + fp + fn);
  }

  /** TP / (TP + FP + FN), the Jaccard index; NaN if both masks are empty. */
  public double iou() {
    return ratio(tp, tp + fp + fn);
  }

  /** TP / (TP + FN); NaN where the reference is empty. */
  public double sensitivity() {
    return ratio(tp, tp + fn);
  }

  /** TP / (TP + FP); NaN where the prediction is empty. */
  public double precision() {
    return ratio(tp, tp + fp);
  }

  public long predictionVoxels() {
    return tp + fp;
  }

  public long referenceVoxels() {
    return tp + fn;
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }
}
