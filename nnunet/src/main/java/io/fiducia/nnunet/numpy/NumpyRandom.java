package io.fiducia.nnunet.numpy;

import java.util.List;

/**
 * The stream of numpy's {@code RandomState(seed)}, bit by bit: Mersenne Twister MT19937 (Matsumoto
 * and Nishimura, 1998) with numpy's ways of drawing from it. nnU-Net's splits, class locations and
 * intensity samples come from this stream, so equal results need it. For everything else use {@link
 * io.fiducia.base.SeededRandom}. Not thread-safe.
 */
public final class NumpyRandom {
  private static final int N = 624;
  private static final int M = 397;
  private final int[] state = new int[N];
  private int next = N;

  /**
   * @param seed 0 to 2^32 - 1
   */
  public NumpyRandom(long seed) {
    if (seed < 0 || seed > 0xFFFFFFFFL) {
      throw new IllegalArgumentException("seed " + seed + " is not from 0 to 2^32 - 1");
    }
    state[0] = (int) seed;
    for (int i = 1; i < N; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }
  }

  /** The next 32 bits. */
  public int nextUint32() {
    if (next == N) {
      refill();
    }
    int y = state[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9D2C5680;
    y ^= (y << 15) & 0xEFC60000;
    return y ^ (y >>> 18);
  }

  private void refill() {
    int i = 0;
    for (; i < N - M; i++) {
      state[i] = state[i + M] ^ twist(state[i], state[i + 1]);
    }
    for (; i < N - 1; i++) {
      state[i] = state[i + M - N] ^ twist(state[i], state[i + 1]);
    }
    state[N - 1] = state[M - 1] ^ twist(state[N - 1], state[0]);
    next = 0;
  }

  private static int twist(int high, int low) {
    int y = (high & 0x80000000) | (low & 0x7FFFFFFF);
    return (y >>> 1) ^ (-(low & 1) & 0x9908B0DF);
  }

  /** {@code random_sample()}: uniform in [0, 1) with 53 bits. */
  public double randomSample() {
    long a = nextUint32() >>> 5;
    long b = nextUint32() >>> 6;
    return (a * 67108864.0 + b) / 9007199254740992.0;
  }

  /** {@code uniform(low, high)}. */
  public double uniform(double low, double high) {
    return low + (high - low) * randomSample();
  }

  /** {@code randint(low, high)} for a width of at most 2^32: uniform in [low, high). */
  public long randint(long low, long high) {
    long width = Math.subtractExact(high, low);
    if (width < 1 || width > 1L << 32) {
      throw new IllegalArgumentException("randint from " + low + " to " + high);
    }
    return low + bounded(width - 1);
  }

  /** Uniform in [0, max] by masking and rejection; a range of one value draws nothing. */
  private long bounded(long max) {
    if (max == 0) {
      return 0;
    }
    long mask = -1L >>> Long.numberOfLeadingZeros(max);
    long value;
    do {
      value = nextUint32() & mask;
    } while (value > max);
    return value;
  }

  /** {@code choice(population, n, replace=True)}: indices from 0 to population - 1. */
  public int[] choiceWithReplacement(int population, int n) {
    checkPopulation(population, n);
    int[] out = new int[n];
    for (int i = 0; i < n; i++) {
      out[i] = (int) bounded(population - 1L);
    }
    return out;
  }

  /**
   * How often each index is drawn by {@code choice(population, n, replace=True)}; for large n, where
   * the order of the draws does not matter.
   */
  public int[] countsOfChoice(int population, long n) {
    checkPopulation(population, n);
    int[] counts = new int[population];
    for (long i = 0; i < n; i++) {
      counts[(int) bounded(population - 1L)]++;
    }
    return counts;
  }

  /** {@code choice(population, n, replace=False)}: n different indices. */
  public int[] choiceWithoutReplacement(int population, int n) {
    if (n > population) {
      throw new IllegalArgumentException(n + " different values out of " + population);
    }
    return java.util.Arrays.copyOf(permutation(population), n);
  }

  private static void checkPopulation(int population, long n) {
    if (population < 1 && n > 0) {
      throw new IllegalArgumentException("nothing to choose from");
    }
  }

  /** {@code permutation(n)}. */
  public int[] permutation(int n) {
    int[] out = new int[n];
    for (int i = 0; i < n; i++) {
      out[i] = i;
    }
    shuffle(out);
    return out;
  }

  /** {@code shuffle(values)}, in place. */
  public void shuffle(int[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = (int) bounded(i);
      int swap = values[i];
      values[i] = values[j];
      values[j] = swap;
    }
  }

  /** {@code shuffle(values)}, in place, for a list that may be changed. */
  public <T> void shuffle(List<T> values) {
    for (int i = values.size() - 1; i > 0; i--) {
      java.util.Collections.swap(values, i, (int) bounded(i));
    }
  }
}
