package io.fiducia.metrics.stats;

import java.util.Arrays;
import java.util.List;

/** The values of two systems on the same cases; every value is finite. */
public final class Pairs {
  /** Values that are equal in exact arithmetic differ by less than this share of the largest. */
  private static final double ROUNDING = 1e-12;

  private final List<String> cases;
  private final double[] a;
  private final double[] b;

  /**
   * Pairs {@code a[i]} with {@code b[i]}.
   *
   * @throws IllegalArgumentException if the lengths differ or a value is not finite
   */
  public Pairs(List<String> cases, double[] a, double[] b) {
    if (a.length != b.length || cases.size() != a.length) {
      throw new IllegalArgumentException(
          cases.size() + " cases, " + a.length + " and " + b.length + " values");
    }
    if (!Arrays.stream(a).allMatch(Double::isFinite)
        || !Arrays.stream(b).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException("values must be finite");
    }
    this.cases = List.copyOf(cases);
    this.a = a.clone();
    this.b = b.clone();
  }

  public int size() {
    return a.length;
  }

  public List<String> cases() {
    return cases;
  }

  public double[] a() {
    return a.clone();
  }

  public double[] b() {
    return b.clone();
  }

  /** b minus a, case by case; what rounding alone can make is zero. */
  public double[] differences() {
    double noise = noise();
    double[] d = new double[a.length];
    for (int i = 0; i < d.length; i++) {
      double difference = b[i] - a[i];
      d[i] = Math.abs(difference) <= noise ? 0 : difference;
    }
    return d;
  }

  /**
   * Differences closer than this are ties: 0.9 - 0.8 and 0.8 - 0.7 are one difference to a reader,
   * though not to the last bit.
   */
  public double noise() {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.max(Math.abs(a[i]), Math.abs(b[i])));
    }
    return ROUNDING * largest;
  }

  public double meanA() {
    return Arrays.stream(a).average().orElse(Double.NaN);
  }

  public double meanB() {
    return Arrays.stream(b).average().orElse(Double.NaN);
  }
}
