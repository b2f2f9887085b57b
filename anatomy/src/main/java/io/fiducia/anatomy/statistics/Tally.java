package io.fiducia.anatomy.statistics;

import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.Region;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Optional;

/** What is counted of one structure. All sums are whole numbers, so that no order of adding matters. */
final class Tally {
  private static final int VALUES = 1 << 16;

  private long voxels;
  private long sum;
  private long squares;
  private int min = Integer.MAX_VALUE;
  private int max = Integer.MIN_VALUE;
  private final long[] place = new long[3];
  private final int[] low = {Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE};
  private final int[] high = {-1, -1, -1};
  private final boolean withHistogram;
  /** Voxels by intensity, created with the first voxel; empty without a histogram. */
  private int[] histogram = {};

  Tally(boolean withHistogram) {
    this.withHistogram = withHistogram;
  }

  /** Counts the voxels [start, end) of a row. */
  void addRun(float[] image, int row, int start, int end, int j, int k, IntensityScale scale) {
    if (withHistogram && histogram.length == 0) {
      histogram = new int[VALUES];
    }
    for (int i = start; i < end; i++) {
      int v = scale.number(image[row + i]);
      sum += v;
      squares += (long) v * v;
      min = Math.min(min, v);
      max = Math.max(max, v);
      if (withHistogram) {
        histogram[v - Short.MIN_VALUE]++;
      }
    }
    long n = end - start;
    voxels += n;
    place[0] += n * (start + end - 1) / 2;
    place[1] += n * j;
    place[2] += n * k;
    extend(0, start, end - 1);
    extend(1, j, j);
    extend(2, k, k);
  }

  private void extend(int axis, int from, int to) {
    low[axis] = Math.min(low[axis], from);
    high[axis] = Math.max(high[axis], to);
  }

  void merge(Tally other) {
    voxels += other.voxels;
    sum += other.sum;
    squares += other.squares;
    min = Math.min(min, other.min);
    max = Math.max(max, other.max);
    for (int a = 0; a < 3; a++) {
      place[a] += other.place[a];
      extend(a, other.low[a], other.high[a]);
    }
    if (histogram.length == 0) {
      histogram = other.histogram;
    } else if (other.histogram.length > 0) {
      for (int v = 0; v < VALUES; v++) {
        histogram[v] += other.histogram[v];
      }
    }
  }

  /**
   * The figures.
   *
   * @param border how many layers of the image count as its border
   */
  StructureStatistics statistics(String name, StatisticsOptions options, IntensityScale scale,
      double voxelMm3, Size size, int border) {
    if (voxels == 0 || options.excludeAtBorder() && touchesBorder(size, border)) {
      return new StructureStatistics(name, 0, 0, options.extra()
          ? Optional.of(StructureStatistics.Extra.NONE)
          : Optional.empty());
    }
    double intensity = options.aggregation() == Aggregation.MEAN
        ? (double) sum / voxels / scale.divisor()
        : median(scale);
    return new StructureStatistics(name, voxels * voxelMm3, fiveDecimals(intensity),
        options.extra() ? Optional.of(extra(scale)) : Optional.empty());
  }

  private boolean touchesBorder(Size size, int border) {
    for (int a = 0; a < 3; a++) {
      if (low[a] < border || high[a] >= size.get(a) - border) {
        return true;
      }
    }
    return false;
  }

  private double median(IntensityScale scale) {
    return (valueAt((voxels - 1) / 2) / scale.divisor() + valueAt(voxels / 2) / scale.divisor())
        / 2;
  }

  /** The intensity that has so many voxels before it in ascending order. */
  private double valueAt(long before) {
    long seen = 0;
    for (int v = 0; v < VALUES; v++) {
      seen += histogram[v];
      if (seen > before) {
        return v + Short.MIN_VALUE;
      }
    }
    throw new IllegalStateException("a median of too few voxels");
  }

  private StructureStatistics.Extra extra(IntensityScale scale) {
    // The difference of two large numbers: exact, for the deviation may be tiny beside the mean.
    BigInteger n = BigInteger.valueOf(voxels);
    BigInteger numerator = n.multiply(BigInteger.valueOf(squares))
        .subtract(BigInteger.valueOf(sum).pow(2));
    double variance = new BigDecimal(numerator)
        .divide(new BigDecimal(n.pow(2)), MathContext.DECIMAL64).doubleValue();
    double deviation = Math.sqrt(variance) / Math.abs(scale.divisor());
    double first = min / scale.divisor();
    double last = max / scale.divisor();
    return new StructureStatistics.Extra(voxels, fiveDecimals(deviation), Math.min(first, last),
        Math.max(first, last),
        Optional.of(new Vec3(centre(0), centre(1), centre(2))),
        Optional.of(Region.between(low[0], low[1], low[2], high[0] + 1, high[1] + 1,
            high[2] + 1)));
  }

  private double centre(int axis) {
    // Python rounds the exact value of the binary number.
    return new BigDecimal((double) place[axis] / voxels).setScale(2, RoundingMode.HALF_EVEN)
        .doubleValue();
  }

  /** As numpy rounds: the product with a power of ten to a whole number, which is divided again. */
  private static double fiveDecimals(double value) {
    return Math.rint(value * 1e5) / 1e5;
  }
}
