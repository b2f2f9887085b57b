package io.fiducia.metrics;

import io.fiducia.base.SeededRandom;
import java.util.Arrays;

/** Bootstrap confidence intervals. */
public final class Bootstrap {
  private Bootstrap() {}

  /** A mean with its interval and the number of values behind it. */
  public record Interval(double mean, double low, double high, int n) {}

  /**
   * The mean of the finite values with its 95 % BCa interval (bias-corrected and accelerated; Efron
   * 1987), from {@code draws} resamples of a fixed seed. With fewer than two values, or values that
   * are all alike, low and high equal the mean; with none all three are NaN.
   */
  public static Interval mean(double[] values, int draws, long seed) {
    double[] x = Arrays.stream(values).filter(Double::isFinite).toArray();
    int n = x.length;
    double mean = Arrays.stream(x).average().orElse(Double.NaN);
    if (n < 2 || Arrays.stream(x).allMatch(v -> v == x[0])) {
      return new Interval(mean, mean, mean, n);
    }
    SeededRandom random = SeededRandom.of(seed, "bootstrap", n);
    double[] means = new double[draws];
    int below = 0;
    for (int d = 0; d < draws; d++) {
      double sum = 0;
      for (int i = 0; i < n; i++) {
        sum += x[random.nextInt(n)];
      }
      means[d] = sum / n;
      below += means[d] < mean ? 1 : 0;
    }
    Arrays.sort(means);
    double z0 = Normal.quantile(Math.clamp(below / (double) draws, 0.5 / draws, 1 - 0.5 / draws));
    double cubes = 0;
    double squares = 0;
    for (double v : x) {
      // The jackknife mean without v differs from the mean by (mean - v) / (n - 1).
      double d = -(mean - v) / (n - 1);
      cubes += d * d * d;
      squares += d * d;
    }
    double acceleration = cubes / (6 * Math.pow(squares, 1.5));
    return new Interval(mean, bound(means, z0, acceleration, 0.025),
        bound(means, z0, acceleration, 0.975), n);
  }

  private static double bound(double[] sorted, double z0, double a, double level) {
    double z = z0 + Normal.quantile(level);
    double p = Normal.cumulative(z0 + z / (1 - a * z));
    double position = p * (sorted.length - 1);
    int i = Math.clamp((long) position, 0, sorted.length - 2);
    return sorted[i] + (position - i) * (sorted[i + 1] - sorted[i]);
  }
}
