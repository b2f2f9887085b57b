package io.fiducia.phantom.image;

/** Gaussian smoothing of a slice; its edges continue outwards. */
final class Blur {
  /** The standard deviation of a Gaussian of full width 1 at half maximum. */
  static final double SIGMA_OF_WIDTH = 1 / 2.3548200450309493;

  private Blur() {}

  /** Smooths a slice of nx times ny pixels in place, by standard deviations in pixels. */
  static void gaussian(float[] image, int nx, int ny, double sigmaX, double sigmaY) {
    float[] kernel = kernel(sigmaX);
    float[] line = new float[Math.max(nx, ny)];
    if (kernel.length > 1) {
      for (int j = 0; j < ny; j++) {
        System.arraycopy(image, j * nx, line, 0, nx);
        for (int i = 0; i < nx; i++) {
          image[j * nx + i] = weigh(line, nx, i, kernel);
        }
      }
    }
    kernel = kernel(sigmaY);
    if (kernel.length > 1) {
      for (int i = 0; i < nx; i++) {
        for (int j = 0; j < ny; j++) {
          line[j] = image[j * nx + i];
        }
        for (int j = 0; j < ny; j++) {
          image[j * nx + i] = weigh(line, ny, j, kernel);
        }
      }
    }
  }

  private static float weigh(float[] line, int n, int at, float[] kernel) {
    int reach = kernel.length - 1;
    float sum = kernel[0] * line[at];
    if (at >= reach && at < n - reach) {
      for (int d = 1; d <= reach; d++) {
        sum += kernel[d] * (line[at - d] + line[at + d]);
      }
    } else {
      for (int d = 1; d <= reach; d++) {
        sum += kernel[d] * (line[Math.max(0, at - d)] + line[Math.min(n - 1, at + d)]);
      }
    }
    return sum;
  }

  private static float[] kernel(double sigma) {
    if (sigma < 0.15) {
      return new float[]{1};
    }
    float[] half = new float[1 + (int) Math.ceil(3 * sigma)];
    double sum = 0;
    for (int d = 0; d < half.length; d++) {
      half[d] = (float) Math.exp(-0.5 * d * d / (sigma * sigma));
      sum += d == 0 ? half[d] : 2 * half[d];
    }
    for (int d = 0; d < half.length; d++) {
      half[d] /= (float) sum;
    }
    return half;
  }
}
