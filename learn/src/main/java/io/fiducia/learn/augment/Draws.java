package io.fiducia.learn.augment;

import io.fiducia.base.SeededRandom;

/**
 * Numbers drawn from a {@link SeededRandom} by rules written out here, because the JDK does not
 * promise that its own derived draws stay the same from one version to the next.
 */
public final class Draws {
  private static final int LAYERS = 128;
  private static final double TAIL = 3.442619855899;
  private static final double LAYER_AREA = 9.91256303526217e-3;
  private static final double[] EDGE = new double[LAYERS + 1];
  private static final double[] RATIO = new double[LAYERS];

  static {
    double f = StrictMath.exp(-0.5 * TAIL * TAIL);
    EDGE[0] = LAYER_AREA / f;
    EDGE[1] = TAIL;
    for (int i = 2; i < LAYERS; i++) {
      EDGE[i] = StrictMath.sqrt(-2 * StrictMath.log(LAYER_AREA / EDGE[i - 1] + f));
      f = StrictMath.exp(-0.5 * EDGE[i] * EDGE[i]);
    }
    for (int i = 0; i < LAYERS; i++) {
      RATIO[i] = EDGE[i + 1] / EDGE[i];
    }
  }

  private Draws() {}

  /** A number in [0, 1), on a grid of 2^-53. */
  public static double unit(SeededRandom random) {
    return (random.nextLong() >>> 11) * 0x1p-53;
  }

  /** A number in [low, high). */
  public static double uniform(SeededRandom random, double low, double high) {
    return low + (high - low) * unit(random);
  }

  /** Whether an event of this probability happened. */
  public static boolean happens(SeededRandom random, double probability) {
    return unit(random) < probability;
  }

  /** A whole number in [0, bound); the bias is at most bound / 2^32. */
  public static int index(SeededRandom random, int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("cannot choose among " + bound);
    }
    return (int) (((random.nextLong() >>> 32) * bound) >>> 32);
  }

  /** A whole number in [low, high], both included. */
  public static int between(SeededRandom random, int low, int high) {
    return low + index(random, high - low + 1);
  }

  /**
   * A factor that is below and above 1 equally often: half of the draws are uniform in [low, 1), half
   * in [1, high).
   */
  public static double aroundOne(SeededRandom random, double low, double high) {
    if (happens(random, 0.5) && low < 1) {
      return uniform(random, low, 1);
    }
    return uniform(random, Math.max(low, 1), high);
  }

  /**
   * A draw from the standard normal distribution, by the ziggurat of 128 layers (Marsaglia and Tsang,
   * 2000) with layer and position taken from separate bits (Doornik, 2005).
   */
  public static double normal(SeededRandom random) {
    while (true) {
      long bits = random.nextLong();
      int layer = (int) bits & (LAYERS - 1);
      double u = (bits >> 11) * 0x1p-52;
      double x = u * EDGE[layer];
      if (Math.abs(u) < RATIO[layer]) {
        return x;
      }
      if (layer == 0) {
        return tail(random, u < 0);
      }
      double outer = StrictMath.exp(-0.5 * (EDGE[layer] * EDGE[layer] - x * x));
      double inner = StrictMath.exp(-0.5 * (EDGE[layer + 1] * EDGE[layer + 1] - x * x));
      if (inner + unit(random) * (outer - inner) < 1.0) {
        return x;
      }
    }
  }

  private static double tail(SeededRandom random, boolean negative) {
    while (true) {
      double x = StrictMath.log(1 - unit(random)) / TAIL;
      double y = StrictMath.log(1 - unit(random));
      if (-2 * y >= x * x) {
        return negative ? x - TAIL : TAIL - x;
      }
    }
  }
}
