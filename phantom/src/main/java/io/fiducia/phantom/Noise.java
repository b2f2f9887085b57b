package io.fiducia.phantom;

/**
 * Smooth noise in space: random values on a lattice, joined by quintic blends, so that second
 * derivatives are continuous (Perlin, 2002). A value depends on the seed and the place alone.
 */
public final class Noise {
  private final long seed;
  private final double scale;

  /** @param wavelengthMm distance between lattice points */
  public Noise(long seed, double wavelengthMm) {
    this.seed = seed;
    this.scale = 1 / wavelengthMm;
  }

  /** A value between -1 and 1. */
  public double at(double x, double y, double z) {
    double u = x * scale;
    double v = y * scale;
    double w = z * scale;
    long i = (long) Math.floor(u);
    long j = (long) Math.floor(v);
    long k = (long) Math.floor(w);
    double a = fade(u - i);
    double b = fade(v - j);
    double c = fade(w - k);
    return lerp(c,
        lerp(b, lerp(a, lattice(i, j, k), lattice(i + 1, j, k)),
            lerp(a, lattice(i, j + 1, k), lattice(i + 1, j + 1, k))),
        lerp(b, lerp(a, lattice(i, j, k + 1), lattice(i + 1, j, k + 1)),
            lerp(a, lattice(i, j + 1, k + 1), lattice(i + 1, j + 1, k + 1))));
  }

  private double lattice(long i, long j, long k) {
    long h = seed + i * 0x9E3779B97F4A7C15L + j * 0xC2B2AE3D27D4EB4FL + k * 0x165667B19E3779F9L;
    h = (h ^ (h >>> 30)) * 0xBF58476D1CE4E5B9L;
    h = (h ^ (h >>> 27)) * 0x94D049BB133111EBL;
    return ((h ^ (h >>> 31)) >> 11) * 0x1.0p-52;
  }

  private static double fade(double t) {
    return t * t * t * (t * (t * 6 - 15) + 10);
  }

  private static double lerp(double t, double a, double b) {
    return a + t * (b - a);
  }
}
