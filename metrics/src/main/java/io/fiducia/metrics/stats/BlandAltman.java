package io.fiducia.metrics.stats;

import java.util.Arrays;

/**
 * The agreement of two measurements of one quantity (Bland and Altman 1986, Lancet 327:307; 1999,
 * Stat. Methods Med. Res. 8:135): differences over means. Intervals are of 95 %; those of the limits
 * use the approximate variance of the 1999 paper. What a number of values does not give is NaN.
 *
 * @param n pairs
 * @param bias mean difference, second minus first
 * @param standardDeviation of the differences
 * @param lowerLimit bias - 1.96 standard deviations: 95 % of single differences lie between the
 *     limits if they are normal
 * @param upperLimit bias + 1.96 standard deviations
 * @param slope change of the difference with the mean (proportional bias): 0.1 says that the
 *     difference grows by 0.1 cm3 for each cm3
 * @param slopeP p-value of "the slope is zero"
 */
public record BlandAltman(int n, double bias, double biasLow, double biasHigh,
    double standardDeviation, double lowerLimit, double lowerLimitLow, double lowerLimitHigh,
    double upperLimit, double upperLimitLow, double upperLimitHigh, double slope, double slopeLow,
    double slopeHigh, double slopeP) {
  private static final double Z = 1.959963984540054;

  /** Compares {@code second} with {@code first}; pairs with a value that is not finite are left out. */
  public static BlandAltman of(double[] first, double[] second) {
    int[] both = java.util.stream.IntStream.range(0, first.length)
        .filter(i -> Double.isFinite(first[i]) && Double.isFinite(second[i])).toArray();
    double[] d = Arrays.stream(both).mapToDouble(i -> second[i] - first[i]).toArray();
    double[] m = Arrays.stream(both).mapToDouble(i -> (second[i] + first[i]) / 2).toArray();
    int n = d.length;
    double nan = Double.NaN;
    double bias = SampleStatistics.mean(d);
    if (n < 2) {
      return new BlandAltman(n, bias, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, nan,
          nan);
    }
    double sd = SampleStatistics.standardDeviation(d);
    double t = StudentT.quantile(0.975, n - 1);
    double ofBias = t * sd / Math.sqrt(n);
    double ofLimit = t * sd * Math.sqrt(1.0 / n + Z * Z / (2.0 * (n - 1)));
    double lower = bias - Z * sd;
    double upper = bias + Z * sd;
    double[] line = slope(m, d);
    return new BlandAltman(n, bias, bias - ofBias, bias + ofBias, sd, lower, lower - ofLimit,
        lower + ofLimit, upper, upper - ofLimit, upper + ofLimit, line[0], line[1], line[2],
        line[3]);
  }

  /** Least squares: slope, its interval, its p-value. */
  private static double[] slope(double[] x, double[] y) {
    int n = x.length;
    double meanX = SampleStatistics.mean(x);
    double meanY = SampleStatistics.mean(y);
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int i = 0; i < n; i++) {
      xx += (x[i] - meanX) * (x[i] - meanX);
      xy += (x[i] - meanX) * (y[i] - meanY);
      yy += (y[i] - meanY) * (y[i] - meanY);
    }
    if (n < 3 || xx == 0) {
      return new double[]{Double.NaN, Double.NaN, Double.NaN, Double.NaN};
    }
    double slope = xy / xx;
    double error = Math.sqrt(Math.max(0, yy - slope * xy) / (n - 2) / xx);
    double half = StudentT.quantile(0.975, n - 2) * error;
    double p = error == 0
        ? (slope == 0 ? 1 : 0)
        : 2 * StudentT.upperTail(Math.abs(slope) / error, n - 2);
    return new double[]{slope, slope - half, slope + half, p};
  }
}
