package io.fiducia.phantom;

import java.util.stream.IntStream;

/**
 * A smooth random displacement, the same for all that is warped by it. It is sampled once on a coarse
 * lattice, since noise at every point of every field would take most of the time that a body takes.
 */
final class SmoothWarp implements DepthField.Warp {
  private static final double STEP_MM = 10;
  /** Half the width of the cube that is covered; beyond it the displacement stays as at its edge. */
  private static final double REACH_MM = 320;
  private static final int N = (int) (2 * REACH_MM / STEP_MM) + 1;

  private final float[][] shift = new float[3][N * N * N];

  /** @param mm largest displacement along an axis */
  SmoothWarp(long seed, double mm, double wavelengthMm) {
    Noise[] noise = {new Noise(seed, wavelengthMm), new Noise(seed + 1, wavelengthMm),
      new Noise(seed + 2, wavelengthMm)};
    IntStream.range(0, N).parallel().forEach(k -> {
      int at = k * N * N;
      for (int j = 0; j < N; j++) {
        for (int i = 0; i < N; i++, at++) {
          for (int a = 0; a < 3; a++) {
            shift[a][at] = (float) (mm * noise[a].at(i * STEP_MM - REACH_MM,
                j * STEP_MM - REACH_MM, k * STEP_MM - REACH_MM));
          }
        }
      }
    });
  }

  @Override
  public void apply(double[] p) {
    double u = place(p[0]);
    double v = place(p[1]);
    double w = place(p[2]);
    int base = (int) u + N * ((int) v + N * (int) w);
    double a = u - (int) u;
    double b = v - (int) v;
    double c = w - (int) w;
    for (int axis = 0; axis < 3; axis++) {
      float[] s = shift[axis];
      double low = (1 - b) * ((1 - a) * s[base] + a * s[base + 1])
          + b * ((1 - a) * s[base + N] + a * s[base + N + 1]);
      int up = base + N * N;
      double high = (1 - b) * ((1 - a) * s[up] + a * s[up + 1])
          + b * ((1 - a) * s[up + N] + a * s[up + N + 1]);
      p[axis] += (1 - c) * low + c * high;
    }
  }

  private static double place(double mm) {
    return Math.clamp((mm + REACH_MM) / STEP_MM, 0, N - 1.001);
  }
}
