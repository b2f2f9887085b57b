package io.fiducia.phantom.image;

import io.fiducia.base.SeededRandom;

/**
 * One slice on its way through k-space: lines of the moving part acquire its shift, what lies
 * outside the acquired matrix is never measured, noise falls on both channels.
 */
final class MrSlice {
  /** How many phase lines one excitation's train of echoes covers. */
  private static final int TRAIN = 15;

  private final Slice2d still;
  private final Slice2d moving;
  private final double spacingX;
  private final double spacingY;

  /**
   * @param still magnetisation at rest, in the real parts
   * @param moving what breathing moves along y, where phase is encoded
   */
  MrSlice(Slice2d still, Slice2d moving, double spacingX, double spacingY) {
    this.still = still;
    this.moving = moving;
    this.spacingX = spacingX;
    this.spacingY = spacingY;
  }

  /**
   * The magnitude image, of the width and height of the slices given.
   *
   * @param voxelMm acquired
   * @param motionMm how far the moving part goes
   * @param noise standard deviation in each channel of the image
   */
  float[] acquire(double voxelMm, double motionMm, double noise, SeededRandom random) {
    int w = still.width();
    int h = still.height();
    still.forward();
    if (motionMm > 0) {
      moving.forward();
      breathe(motionMm, random);
    }
    double limitX = Math.min(0.5, 0.5 * spacingX / voxelMm);
    double limitY = Math.min(0.5, 0.5 * spacingY / voxelMm);
    int measured = 0;
    for (int j = 0; j < h; j++) {
      measured += Math.abs(frequency(j, h)) <= limitY ? 1 : 0;
    }
    int columns = 0;
    for (int i = 0; i < w; i++) {
      columns += Math.abs(frequency(i, w)) <= limitX ? 1 : 0;
    }
    double sigma = noise * w * h / Math.sqrt((double) measured * columns);
    for (int j = 0; j < h; j++) {
      double fy = frequency(j, h) / limitY;
      for (int i = 0; i < w; i++) {
        double fx = frequency(i, w) / limitX;
        int at = j * w + i;
        if (Math.abs(fx) > 1 || Math.abs(fy) > 1) {
          still.re[at] = 0;
          still.im[at] = 0;
        } else {
          float window = (float) (taper(fx) * taper(fy));
          still.re[at] = still.re[at] * window + (float) (sigma * random.nextGaussian());
          still.im[at] = still.im[at] * window + (float) (sigma * random.nextGaussian());
        }
      }
    }
    still.inverse();
    float[] magnitude = new float[w * h];
    for (int i = 0; i < magnitude.length; i++) {
      magnitude[i] = (float) Math.hypot(still.re[i], still.im[i]);
    }
    return magnitude;
  }

  /** Cycles per pixel, -0.5 to 0.5. */
  private static double frequency(int k, int n) {
    return (double) (k <= n / 2 ? k : k - n) / n;
  }

  /** Scanners soften the edge of k-space a little against ringing. */
  private static double taper(double f) {
    double beyond = Math.max(0, Math.abs(f) - 0.6) / 0.4;
    return 0.6 + 0.4 * Math.cos(Math.PI / 2 * beyond);
  }

  private void breathe(double motionMm, SeededRandom random) {
    int w = still.width();
    int h = still.height();
    double phase = 2 * Math.PI * random.nextDouble();
    // One train each repetition; a breath takes between one and two of them.
    double perTrain = 2 * Math.PI * (0.55 + 0.35 * random.nextDouble());
    int trains = (h + TRAIN - 1) / TRAIN;
    double[] position = new double[trains];
    for (int t = 0; t < trains; t++) {
      // No two breaths are alike.
      position[t] = motionMm * (1 + 0.35 * random.nextGaussian())
          * Math.sin(phase + perTrain * t + 0.6 * random.nextGaussian());
    }
    for (int j = 0; j < h; j++) {
      double f = frequency(j, h);
      int line = (int) Math.round(f * h) + h / 2;
      double turn = -2 * Math.PI * f * position[line % trains] / spacingY;
      float c = (float) Math.cos(turn);
      float s = (float) Math.sin(turn);
      for (int i = 0; i < w; i++) {
        int at = j * w + i;
        still.re[at] += moving.re[at] * c - moving.im[at] * s;
        still.im[at] += moving.re[at] * s + moving.im[at] * c;
      }
    }
  }
}
