package io.fiducia.metrics.stats;

import io.fiducia.base.SeededRandom;
import java.util.Arrays;

/**
 * Bias-corrected and accelerated (BCa) bootstrap intervals of 95 % (Efron 1987, J. Am. Stat. Assoc.
 * 82:171; Efron and Tibshirani 1993, chapter 14), from resamples of a fixed seed.
 *
 * <p>They assume nothing about the shape of the values, but with fewer than about ten of them they
 * are too narrow: see docs/statistics.md for the coverage measured.
 */
public final class Bootstrap {
  /** What intervals that are reported rest on. */
  public static final int DRAWS = 10_000;

  private Bootstrap() {}

  /** A mean, or a difference of means, with its interval and the number of values behind it. */
  public record Interval(double mean, double low, double high, int n) {}

  /**
   * The mean of the finite values with its interval. With fewer than two values, or values that are
   * all alike, low and high equal the mean; with none all three are NaN.
   */
  public static Interval mean(double[] values, int draws, long seed) {
    double[] x = finite(values);
    int n = x.length;
    double mean = mean(x);
    if (n < 2 || allAlike(x)) {
      return new Interval(mean, mean, mean, n);
    }
    double[] means = means(x, draws, SeededRandom.of(seed, "bootstrap", n));
    return bca(mean, means, skewness(x, 1), n);
  }

  /**
   * The mean of {@code y} minus the mean of {@code x}, two independent groups, with its interval:
   * each group is resampled by itself. Low and high are NaN where a group has fewer than two finite
   * values, and equal the difference where both are constant.
   */
  public static Interval differenceOfMeans(double[] x, double[] y, int draws, long seed) {
    double[] a = finite(x);
    double[] b = finite(y);
    int n = a.length + b.length;
    double difference = mean(b) - mean(a);
    if (a.length < 2 || b.length < 2) {
      return new Interval(difference, Double.NaN, Double.NaN, n);
    }
    if (allAlike(a) && allAlike(b)) {
      return new Interval(difference, difference, difference, n);
    }
    double[] draw = means(b, draws, SeededRandom.of(seed, "bootstrap second", b.length));
    double[] first = means(a, draws, SeededRandom.of(seed, "bootstrap first", a.length));
    for (int i = 0; i < draw.length; i++) {
      draw[i] -= first[i];
    }
    double[] ofB = skewness(b, 1);
    double[] ofA = skewness(a, -1);
    return bca(difference, draw, new double[]{ofA[0] + ofB[0], ofA[1] + ofB[1]}, n);
  }

  private static double[] means(double[] x, int draws, SeededRandom random) {
    double[] means = new double[draws];
    for (int d = 0; d < draws; d++) {
      double sum = 0;
      for (int i = 0; i < x.length; i++) {
        sum += x[random.nextInt(x.length)];
      }
      means[d] = sum / x.length;
    }
    return means;
  }

  /**
   * The sums of cubes and of squares of the jackknife's influences: leaving v out moves the mean by
   * (mean - v) / (n - 1), which for the two groups' common acceleration is weighted by (n - 1) / n.
   */
  private static double[] skewness(double[] x, int sign) {
    double mean = mean(x);
    double cubes = 0;
    double squares = 0;
    for (double v : x) {
      double influence = sign * (v - mean) / x.length;
      cubes += influence * influence * influence;
      squares += influence * influence;
    }
    return new double[]{cubes, squares};
  }

  private static Interval bca(double estimate, double[] draws, double[] skewness, int n) {
    Arrays.sort(draws);
    // Draws that differ from the estimate by rounding alone lie on it, and count half.
    double noise = 1e-12 * Math.max(Math.abs(draws[0]), Math.abs(draws[draws.length - 1]));
    double below = 0;
    for (double d : draws) {
      below += d < estimate - noise ? 1 : d <= estimate + noise ? 0.5 : 0;
    }
    double half = 0.5 / draws.length;
    double z0 = Normal.quantile(Math.clamp(below / draws.length, half, 1 - half));
    double acceleration = skewness[0] / (6 * Math.pow(skewness[1], 1.5));
    return new Interval(estimate, bound(draws, z0, acceleration, 0.025),
        bound(draws, z0, acceleration, 0.975), n);
  }

  private static double bound(double[] sorted, double z0, double a, double level) {
    double z = z0 + Normal.quantile(level);
    // Past the pole of the correction only the outermost draw is left.
    double p = a * z >= 1 ? 1 : Normal.cumulative(z0 + z / (1 - a * z));
    return Quantiles.of(sorted, p);
  }

  private static double[] finite(double[] values) {
    return Arrays.stream(values).filter(Double::isFinite).toArray();
  }

  private static double mean(double[] x) {
    return Arrays.stream(x).average().orElse(Double.NaN);
  }

  private static boolean allAlike(double[] x) {
    return Arrays.stream(x).allMatch(v -> v == x[0]);
  }
}
