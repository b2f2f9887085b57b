package io.fiducia.base;

import java.util.random.RandomGenerator;

/**
 * A random generator that belongs to one purpose, epoch and case of one seed, so that neither the
 * number of workers nor their order ever changes a result.
 *
 * <p>SplitMix64 (Steele, Lea and Flood, 2014) over a state hashed from seed, purpose and indices;
 * written out here because the JDK does not promise its own algorithms' streams across versions.
 * Not thread-safe: each task makes its own.
 */
public final class SeededRandom implements RandomGenerator {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private long state;

  private SeededRandom(long state) {
    this.state = state;
  }

  /**
   * The generator of {@code purpose} at the given indices, for example {@code of(seed, "augment",
   * epoch, iteration, sample)}.
   */
  public static SeededRandom of(long seed, String purpose, long... indices) {
    long h = mix(seed + GOLDEN);
    for (int i = 0; i < purpose.length(); i++) {
      h = mix(h ^ (purpose.charAt(i) + GOLDEN * (i + 1)));
    }
    for (long index : indices) {
      h = mix((h ^ index) + GOLDEN);
    }
    return new SeededRandom(h);
  }

  @Override
  public long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
