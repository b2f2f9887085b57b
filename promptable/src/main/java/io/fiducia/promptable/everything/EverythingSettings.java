package io.fiducia.promptable.everything;

/**
 * How all masks of a picture are searched. The names and the usual values are those of Meta's generator of masks.
 *
 * @param pointsPerSide points along each side of the grid, one prompt for each point
 * @param pointsPerBatch points that the model answers together; changes memory and time, never the masks
 * @param filters which masks are kept
 * @param crops parts of the picture that are searched as well
 * @param leastAreaPixels smaller holes are filled and smaller islands are removed, in pixels; 0: masks stay as they
 *     are
 */
public record EverythingSettings(int pointsPerSide, int pointsPerBatch, Filters filters,
    Crops crops, double leastAreaPixels) {
  private static final int MOST_POINTS = 256;
  private static final int MOST_LAYERS = 4;

  /**
   * Which masks are kept.
   *
   * @param predictedIou the predicted IoU must be above it; 0 or less: any is kept
   * @param stability the stability score must be at least this; 0 or less: any is kept
   * @param stabilityOffset the score compares the masks of logits above this and above its negative
   * @param boxOverlap of two masks whose boxes have a higher IoU, the one with the lower predicted IoU is dropped
   */
  public record Filters(double predictedIou, double stability, double stabilityOffset,
      double boxOverlap) {
    public Filters {
      if (!Double.isFinite(predictedIou) || !Double.isFinite(stability) || stability > 1
          || !(stabilityOffset > 0) || !Double.isFinite(stabilityOffset)
          || !(boxOverlap >= 0 && boxOverlap <= 1)) {
        throw new IllegalArgumentException("predicted IoU " + predictedIou + ", stability "
            + stability + " with offset " + stabilityOffset + ", overlap " + boxOverlap);
      }
    }

    /** The usual values: 0.88, 0.95 with offset 1, 0.7. */
    public static Filters usual() {
      return new Filters(0.88, 0.95, 1, 0.7);
    }
  }

  /**
   * Parts of the picture that are searched as well, to find small things. Layer i has 2^i by 2^i of them.
   *
   * @param layers number of layers; 0: the whole picture only
   * @param overlapRatio overlap of the first layer's crops, as a share of the picture's shorter side; later layers
   *     have smaller overlaps
   * @param pointsDivisor the grid of layer i has pointsPerSide / pointsDivisor^i points along each side
   * @param boxOverlap of two masks of different crops whose boxes have a higher IoU, the one of the larger crop is
   *     dropped
   */
  public record Crops(int layers, double overlapRatio, int pointsDivisor, double boxOverlap) {
    public Crops {
      if (layers < 0 || layers > MOST_LAYERS || !(overlapRatio >= 0 && overlapRatio < 1)
          || pointsDivisor < 1 || !(boxOverlap >= 0 && boxOverlap <= 1)) {
        throw new IllegalArgumentException(layers + " layers (0 to " + MOST_LAYERS
            + "), overlap ratio " + overlapRatio + ", points divided by " + pointsDivisor
            + ", overlap " + boxOverlap);
      }
    }

    /** Layers of crops with the usual overlaps and as many points as in the whole picture. */
    public static Crops layers(int layers) {
      return new Crops(layers, 512 / 1500.0, 1, 0.7);
    }
  }

  public EverythingSettings {
    if (pointsPerSide < 1 || pointsPerSide > MOST_POINTS || pointsPerBatch < 1
        || !(leastAreaPixels >= 0) || !Double.isFinite(leastAreaPixels)) {
      throw new IllegalArgumentException(pointsPerSide + " points per side (1 to " + MOST_POINTS
          + "), " + pointsPerBatch + " per batch, least area " + leastAreaPixels);
    }
    if (points(pointsPerSide, crops, crops.layers()) < 1) {
      throw new IllegalArgumentException(pointsPerSide + " points per side, divided by "
          + crops.pointsDivisor() + " in each of " + crops.layers() + " layers, are none");
    }
  }

  /** The usual values: 32 points per side, the whole picture only, masks as they are. */
  public static EverythingSettings usual() {
    return new EverythingSettings(32, 64, Filters.usual(), Crops.layers(0), 0);
  }

  /** Points along each side of the grid of a layer of crops; layer 0 is the whole picture. */
  int pointsPerSide(int layer) {
    return points(pointsPerSide, crops, layer);
  }

  private static int points(int perSide, Crops crops, int layer) {
    return (int) (perSide / Math.pow(crops.pointsDivisor(), layer));
  }
}
