package io.fiducia.phantom.image;

import io.fiducia.base.SeededRandom;
import io.fiducia.geometry.Geometry;
import java.util.Arrays;

/**
 * What counting photons of many energies does to a CT slice. The slice is projected in parallel
 * beams, the rays are counted, and the difference to ideal line integrals is reconstructed by
 * filtered back-projection: noise with its correlation and its streaks along dense directions,
 * dark bands between bones, and the star around metal. Only this difference passes through the
 * projections, so that the anatomy keeps its full sharpness; attenuation is projected on pixels of
 * about 2 mm, the counts are drawn at the slice's own resolution.
 *
 * <p>Not modelled: scatter, the fan's geometry, the helix, dose modulation.
 */
final class CtNoise {
  private static final double COARSE_MM = 2;
  private static final double SOFT_HU = 50;
  private static final double ELECTRONIC_PHOTONS = 6;
  /** Where fewer arrive, scanners smooth over neighbouring rays until as many are counted. */
  private static final double STARVED_PHOTONS = 250;

  private final double photons;
  private final double hardening;
  private final int nx;
  private final int ny;
  private final double sx;
  private final double sy;
  private final double pitch;
  private final int detectors;
  private final int views;
  /** How many pixels, detectors and views are taken together for the attenuation. */
  private final int merge;
  private final int coarseDetectors;
  private final int coarseViews;
  private final Fourier fourier;
  private final float[] filter;

  /**
   * @param photons counted in a ray through air
   * @param hardening how much of the hardening is left by the scanner's corrections, 0 to 1
   * @param kernel of the reconstruction
   */
  CtNoise(Geometry grid, double photons, double hardening, CtKernel kernel) {
    this.photons = photons;
    this.hardening = hardening;
    this.nx = grid.size().x();
    this.ny = grid.size().y();
    this.sx = grid.spacingMm().x();
    this.sy = grid.spacingMm().y();
    this.pitch = Math.min(sx, sy);
    this.merge = Math.max(1, (int) Math.round(COARSE_MM / pitch));
    this.detectors = (int) Math.ceil(Math.hypot(nx * sx, ny * sy) / pitch) + 2 * merge + 2;
    this.coarseDetectors = detectors / merge + 3;
    this.coarseViews = Math.max(24, (int) (0.75 * Math.max(nx, ny) / merge));
    this.views = coarseViews * merge / 2 * 2;
    this.fourier = new Fourier(Fourier.fitting(2 * detectors));
    this.filter = filter(kernel);
  }

  /** Ramachandran and Lakshminarayanan's ramp, discrete in space, times the kernel. */
  private float[] filter(CtKernel kernel) {
    int n = fourier.length();
    float[] re = new float[n];
    float[] im = new float[n];
    re[0] = (float) (1 / (4 * pitch));
    for (int d = 1; d < n / 2; d += 2) {
      re[d] = (float) (-1 / (Math.PI * Math.PI * d * d * pitch));
      re[n - d] = re[d];
    }
    fourier.forward(re, im);
    for (int k = 0; k < n; k++) {
      double perMm = Math.min(k, n - k) / (n * pitch);
      re[k] *= (float) kernel.transfer(perMm);
    }
    return re;
  }

  /**
   * The difference in HU between what a scanner shows and the truth.
   *
   * @param hu of the slice, without metal
   * @param metal share of metal in each pixel
   */
  float[] errors(float[] hu, float[] metal, SeededRandom random) {
    float[] attenuation = new float[coarseViews * coarseDetectors];
    float[] offset = new float[attenuation.length];
    measure(hu, metal, attenuation, offset);
    float[] image = new float[nx * ny];
    float[] re = new float[fourier.length()];
    float[] im = new float[fourier.length()];
    for (int v = 0; v < views; v += 2) {
      // Two rays' rows at once: the filter is even, so it leaves real and imaginary part apart.
      count(v, attenuation, offset, re, random);
      count(v + 1, attenuation, offset, im, random);
      fourier.forward(re, im);
      for (int k = 0; k < re.length; k++) {
        re[k] *= filter[k];
        im[k] *= filter[k];
      }
      fourier.inverse(re, im);
      smear(v, re, image);
      smear(v + 1, im, image);
    }
    float scale = (float) (1000 / Spectrum.WATER_PER_MM * Math.PI / views);
    for (int i = 0; i < image.length; i++) {
      image[i] *= scale;
    }
    return image;
  }

  /** Mean attenuation of each coarse ray, and how far its correction for water is off. */
  private void measure(float[] hu, float[] metal, float[] attenuation, float[] offset) {
    float[] water = new float[attenuation.length];
    float[] bone = new float[attenuation.length];
    float[] iron = new float[attenuation.length];
    project(hu, metal, water, bone, iron);
    for (int r = 0; r < attenuation.length; r++) {
      if (water[r] + bone[r] + iron[r] < 0.5) {
        continue;
      }
      double a = -Math.log(Spectrum.transmission(water[r], bone[r], iron[r]));
      double ideal = Spectrum.WATER_PER_MM * water[r] + Spectrum.BONE_PER_MM * bone[r]
          + Spectrum.METAL_PER_MM * iron[r];
      attenuation[r] = (float) a;
      offset[r] = (float) (hardening * (Spectrum.corrected(a) - ideal));
    }
  }

  private void project(float[] hu, float[] metal, float[] water, float[] bone, float[] iron) {
    double[] cos = new double[coarseViews];
    double[] sin = new double[coarseViews];
    for (int v = 0; v < coarseViews; v++) {
      cos[v] = Math.cos(Math.PI * v / coarseViews) / (merge * pitch);
      sin[v] = Math.sin(Math.PI * v / coarseViews) / (merge * pitch);
    }
    double area = sx * sy / (merge * pitch);
    for (int j0 = 0; j0 < ny; j0 += merge) {
      for (int i0 = 0; i0 < nx; i0 += merge) {
        double w = 0;
        double b = 0;
        double m = 0;
        for (int j = j0; j < Math.min(ny, j0 + merge); j++) {
          for (int i = i0; i < Math.min(nx, i0 + merge); i++) {
            int at = i + nx * j;
            double soft = 1 - metal[at];
            double dense = Math.clamp((hu[at] - 2 * SOFT_HU) / (Spectrum.BONE_HU - SOFT_HU), 0.0,
                1.5);
            b += soft * dense;
            w += soft * (1 + hu[at] / 1000 - dense * Spectrum.BONE_PER_MM / Spectrum.WATER_PER_MM);
            m += metal[at];
          }
        }
        if (w + b + m > 0.02 * merge * merge) {
          double x = (i0 + 0.5 * (merge - 1) - 0.5 * (nx - 1)) * sx;
          double y = (j0 + 0.5 * (merge - 1) - 0.5 * (ny - 1)) * sy;
          for (int v = 0; v < coarseViews; v++) {
            double t = x * cos[v] + y * sin[v] + 0.5 * (coarseDetectors - 1);
            int d = (int) t;
            float right = (float) ((t - d) * area);
            float left = (float) area - right;
            int at = v * coarseDetectors + d;
            water[at] += left * (float) w;
            water[at + 1] += right * (float) w;
            if (b > 0) {
              bone[at] += left * (float) b;
              bone[at + 1] += right * (float) b;
            }
            if (m > 0) {
              iron[at] += left * (float) m;
              iron[at + 1] += right * (float) m;
            }
          }
        }
      }
    }
  }

  /** One view's errors of the corrected line integrals, followed by zeros. */
  private void count(int view, float[] attenuation, float[] offset, float[] row,
      SeededRandom random) {
    double at = (double) view * coarseViews / views;
    int v = Math.min((int) at, coarseViews - 1);
    // Half a turn later the same rays come back mirrored; the last view stays as it is.
    int next = Math.min(v + 1, coarseViews - 1);
    double f = at - v;
    Arrays.fill(row, 0);
    for (int d = 0; d < detectors; d++) {
      double c = (d - 0.5 * (detectors - 1)) / merge + 0.5 * (coarseDetectors - 1);
      int i = (int) c;
      double a = between(attenuation, v, next, f, i, c - i);
      double mean = Math.max(STARVED_PHOTONS, photons * Math.exp(-a));
      double counted = mean
          + Math.sqrt(mean + ELECTRONIC_PHOTONS * ELECTRONIC_PHOTONS) * random.nextGaussian();
      // No scanner takes the logarithm of what is lost in its electronics.
      double error = Math.log(mean / Math.max(counted, 0.5 * ELECTRONIC_PHOTONS));
      row[d] = (float) (error + between(offset, v, next, f, i, c - i));
    }
  }

  private double between(float[] rays, int v, int next, double f, int i, double g) {
    int a = v * coarseDetectors + i;
    int b = next * coarseDetectors + i;
    return (1 - f) * ((1 - g) * rays[a] + g * rays[a + 1])
        + f * ((1 - g) * rays[b] + g * rays[b + 1]);
  }

  private void smear(int view, float[] row, float[] image) {
    double angle = Math.PI * view / views;
    float step = (float) (Math.cos(angle) * sx / pitch);
    double down = Math.sin(angle) * sy / pitch;
    for (int j = 0; j < ny; j++) {
      double t = (j - 0.5 * (ny - 1)) * down - 0.5 * (nx - 1) * step + 0.5 * (detectors - 1);
      int line = nx * j;
      for (int i = 0; i < nx; i++) {
        float at = (float) t + i * step;
        int d = (int) at;
        image[line + i] += row[d] + (at - d) * (row[d + 1] - row[d]);
      }
    }
  }
}
