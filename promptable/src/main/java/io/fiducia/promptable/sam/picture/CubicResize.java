package io.fiducia.promptable.sam.picture;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Scales pictures as scikit-image's {@code transform.resize} does with order 3, mode {@code constant} and
 * anti-aliasing, as MedSAM prepares its training pictures: a Gaussian where the picture becomes smaller, then
 * cubic B-splines, around the picture zeros, and no value beyond the picture's own. Computed as double; results
 * agree to rounding.
 */
final class CubicResize {
  private static final double POLE = Math.sqrt(3) - 2;
  /** Zeros on each side before coefficients are computed, as in scipy. */
  private static final int PAD = 12;

  private CubicResize() {}

  /** A pass over one line. */
  private interface Pass {
    double[] apply(double[] line);
  }

  /** The scaled picture, row by row. */
  static double[] apply(float[] grey, int width, int height, int newWidth, int newHeight) {
    double[] values = new double[grey.length];
    double low = Double.MAX_VALUE;
    double high = -Double.MAX_VALUE;
    for (int i = 0; i < values.length; i++) {
      values[i] = grey[i];
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
    values = columns(values, width, height, line -> smoothed(line, newHeight));
    values = rows(values, width, height, line -> smoothed(line, newWidth));
    values = columns(values, width, height, line -> scaled(line, newHeight));
    values = rows(values, width, newHeight, line -> scaled(line, newWidth));
    // Zeros from around a picture that has none may stay.
    if (low > 0 && Arrays.stream(values).anyMatch(v -> v <= 0)) {
      low = 0;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.clamp(values[i], low, high);
    }
    return values;
  }

  private static double[] rows(double[] values, int width, int height, Pass pass) {
    double[][] lines = IntStream.range(0, height).parallel()
        .mapToObj(y -> pass.apply(Arrays.copyOfRange(values, y * width, (y + 1) * width)))
        .toArray(double[][]::new);
    int length = lines[0].length;
    double[] out = new double[length * height];
    for (int y = 0; y < height; y++) {
      System.arraycopy(lines[y], 0, out, y * length, length);
    }
    return out;
  }

  private static double[] columns(double[] values, int width, int height, Pass pass) {
    double[][] lines = IntStream.range(0, width).parallel().mapToObj(x -> {
      double[] line = new double[height];
      for (int y = 0; y < height; y++) {
        line[y] = values[y * width + x];
      }
      return pass.apply(line);
    }).toArray(double[][]::new);
    int length = lines[0].length;
    double[] out = new double[width * length];
    for (int x = 0; x < width; x++) {
      for (int y = 0; y < length; y++) {
        out[y * width + x] = lines[x][y];
      }
    }
    return out;
  }

  private static double[] smoothed(double[] line, int length) {
    double sigma = ((double) line.length / length - 1) / 2;
    if (sigma <= 1e-15) {
      return line;
    }
    int radius = (int) (4 * sigma + 0.5);
    double[] weights = new double[2 * radius + 1];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.exp(-0.5 * (i - radius) * (i - radius) / (sigma * sigma));
      sum += weights[i];
    }
    double[] out = new double[line.length];
    for (int i = 0; i < out.length; i++) {
      double value = 0;
      for (int t = Math.max(0, radius - i); t < weights.length
          && i + t - radius < line.length; t++) {
        value += line[i + t - radius] * weights[t];
      }
      out[i] = value / sum;
    }
    return out;
  }

  private static double[] scaled(double[] line, int length) {
    double[] c = coefficients(line);
    double[] out = new double[length];
    double step = (double) line.length / length;
    for (int i = 0; i < length; i++) {
      double at = (i + 0.5) * step - 0.5 + PAD;
      int floor = (int) Math.floor(at);
      double after = at - floor;
      double before = 1 - after;
      double w0 = before * before * before / 6;
      double w1 = (after * after * (after - 2) * 3 + 4) / 6;
      double w2 = (before * before * (before - 2) * 3 + 4) / 6;
      out[i] = w0 * c[floor - 1] + w1 * c[floor] + w2 * c[floor + 1]
          + (1 - w0 - w1 - w2) * c[floor + 2];
    }
    return out;
  }

  /** Coefficients of cubic B-splines of a line among zeros; the zeros' ends are mirrored. */
  private static double[] coefficients(double[] line) {
    double[] c = new double[line.length + 2 * PAD];
    for (int i = 0; i < line.length; i++) {
      c[PAD + i] = 6 * line[i];
    }
    // What a mirrored end of zeros adds is below a double's resolution but for a short line.
    double power = 1;
    double start = 0;
    for (double v : c) {
      start += v * power;
      power *= POLE;
    }
    c[0] = start;
    for (int i = 1; i < c.length; i++) {
      c[i] += POLE * c[i - 1];
    }
    int last = c.length - 1;
    c[last] = POLE / (POLE * POLE - 1) * (c[last] + POLE * c[last - 1]);
    for (int i = last - 1; i >= 0; i--) {
      c[i] = POLE * (c[i + 1] - c[i]);
    }
    return c;
  }
}
