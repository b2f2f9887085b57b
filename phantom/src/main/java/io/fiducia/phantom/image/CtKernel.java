package io.fiducia.phantom.image;

/**
 * A reconstruction kernel, by what it makes of a point: a Gaussian, with an overshoot at edges for
 * sharp kernels.
 *
 * @param widthMm full width at half maximum, not below 0
 * @param overshoot 0 for a soft kernel; 0.5 enhances edges visibly
 */
public record CtKernel(double widthMm, double overshoot) {
  private static final double WIDE = 2.5;

  public CtKernel {
    if (!(widthMm >= 0 && overshoot >= 0)) {
      throw new IllegalArgumentException("kernel " + widthMm + " mm, overshoot " + overshoot);
    }
  }

  /** How much of a spatial frequency gets through. */
  double transfer(double perMm) {
    double narrow = gaussian(perMm, widthMm);
    return narrow + overshoot * (narrow - gaussian(perMm, WIDE * widthMm));
  }

  private static double gaussian(double perMm, double width) {
    double s = 2 * Math.PI * width * Blur.SIGMA_OF_WIDTH * perMm;
    return Math.exp(-0.5 * s * s);
  }

  /** Applies the kernel to a slice in place. */
  void apply(float[] image, int nx, int ny, double spacingXMm, double spacingYMm) {
    double sigma = widthMm * Blur.SIGMA_OF_WIDTH;
    Blur.gaussian(image, nx, ny, sigma / spacingXMm, sigma / spacingYMm);
    if (overshoot > 0) {
      float[] wide = image.clone();
      double more = sigma * Math.sqrt(WIDE * WIDE - 1);
      Blur.gaussian(wide, nx, ny, more / spacingXMm, more / spacingYMm);
      for (int i = 0; i < image.length; i++) {
        image[i] += (float) overshoot * (image[i] - wide[i]);
      }
    }
  }
}
