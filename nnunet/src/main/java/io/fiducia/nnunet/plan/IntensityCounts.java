package io.fiducia.nnunet.plan;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Intensities of many voxels as a sorted table of values and how often each occurs, so that exact
 * percentiles need no array of all of them. Safe to fill from several threads; the result does not
 * depend on their order.
 */
public final class IntensityCounts {
  /** Sorted tables, each less than half as long as the one before it. */
  private final Deque<long[]> tables = new ArrayDeque<>();

  /** Adds each value as often as its count says. */
  public void add(float[] values, int[] counts) {
    long[] table = new long[values.length];
    int n = 0;
    for (int i = 0; i < values.length; i++) {
      if (counts[i] > 0) {
        table[n++] = entry(values[i], counts[i]);
      }
    }
    table = Arrays.copyOf(table, n);
    Arrays.sort(table);
    push(merged(table, new long[0]));
  }

  private synchronized void push(long[] table) {
    long[] top = table;
    while (!tables.isEmpty() && tables.peek().length <= 2 * top.length) {
      top = merged(tables.pop(), top);
    }
    tables.push(top);
  }

  /** The statistics of everything added; nothing may be added at the same time. */
  public synchronized IntensityProperties properties() {
    long[] all = tables.stream().reduce(new long[0], IntensityCounts::merged);
    if (all.length == 0) {
      throw new IllegalStateException("no intensities");
    }
    long total = 0;
    double sum = 0;
    for (long e : all) {
      total += count(e);
      sum += count(e) * (double) value(e);
    }
    double mean = sum / total;
    double squares = 0;
    for (long e : all) {
      double d = value(e) - mean;
      squares += count(e) * d * d;
    }
    return new IntensityProperties(mean, Math.sqrt(squares / total),
        new IntensityProperties.Order(value(all[0]), percentile(all, total, 0.5),
            percentile(all, total, 50), percentile(all, total, 99.5), value(all[all.length - 1])));
  }

  /** {@code numpy.percentile} of float32 values, which subtracts in single precision. */
  private static double percentile(long[] table, long total, double percent) {
    double place = (total - 1) * (percent / 100);
    long below = (long) Math.floor(place);
    float low = at(table, below);
    float high = at(table, Math.min(below + 1, total - 1));
    return NumpyQuantiles.between(low, high, high - low, place - below);
  }

  private static float at(long[] table, long index) {
    long seen = 0;
    for (long e : table) {
      seen += count(e);
      if (index < seen) {
        return value(e);
      }
    }
    throw new IllegalArgumentException("index " + index + " of " + seen);
  }

  /** One sorted table of two; entries of one value become one. */
  private static long[] merged(long[] a, long[] b) {
    long[] out = new long[a.length + b.length];
    int n = 0;
    int i = 0;
    int j = 0;
    while (i < a.length || j < b.length) {
      long e = j == b.length || i < a.length && a[i] <= b[j] ? a[i++] : b[j++];
      if (n > 0 && out[n - 1] >> 32 == e >> 32) {
        out[n - 1] += count(e);
      } else {
        out[n++] = e;
      }
    }
    return Arrays.copyOf(out, n);
  }

  /** The value in the upper half, made so that whole entries sort by it, and the count below. */
  private static long entry(float value, int count) {
    int bits = Float.floatToRawIntBits(value);
    return (long) (bits ^ bits >> 31 & Integer.MAX_VALUE) << 32 | count;
  }

  private static float value(long entry) {
    int key = (int) (entry >> 32);
    return Float.intBitsToFloat(key ^ key >> 31 & Integer.MAX_VALUE);
  }

  private static long count(long entry) {
    return entry & 0xFFFFFFFFL;
  }
}
