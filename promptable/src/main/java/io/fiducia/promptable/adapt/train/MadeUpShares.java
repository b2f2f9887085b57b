package io.fiducia.promptable.adapt.train;

/**
 * How often made-up structures are drawn; the others are anatomy.
 *
 * @param labelMaps share of labels of random label maps
 * @param superpixels share of superpixels of slices
 */
public record MadeUpShares(double labelMaps, double superpixels) {
  /** Half of the examples, in equal shares. */
  public static final MadeUpShares USUAL = new MadeUpShares(0.25, 0.25);

  public MadeUpShares {
    if (!(labelMaps >= 0 && superpixels >= 0 && labelMaps + superpixels <= 1)) {
      throw new IllegalArgumentException(labelMaps + ", " + superpixels);
    }
  }
}
