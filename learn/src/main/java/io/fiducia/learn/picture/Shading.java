package io.fiducia.learn.picture;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;

/**
 * A change of intensities. All examples of a task share one, and each has one of its own.
 *
 * @param inverted whether dark becomes bright
 * @param gamma exponent
 * @param contrast factor about the middle grey
 * @param brightness added
 * @param blur standard deviation of a Gaussian, in pixels of 128
 * @param noise standard deviation of independent normal noise
 * @param bias standard deviation of a smooth field that is multiplied, as the coils of an MR scanner do
 */
public record Shading(boolean inverted, double gamma, double contrast, double brightness,
    double blur,
    double noise, double bias) {
  /** No change. */
  public static final Shading NONE = new Shading(false, 1, 1, 0, 0, 0, 0);
  private static final double FULL_SIDE = 128;
  private static final int BIAS_CELLS = 2;

  /** Draws what the examples of a task share. */
  public static Shading ofTask(SeededRandom random) {
    return new Shading(Draws.happens(random, 0.3),
        Draws.happens(random, 0.5) ? Math.exp(Draws.uniform(random, -0.5, 0.5)) : 1,
        Draws.happens(random, 0.5) ? Draws.uniform(random, 0.8, 1.2) : 1,
        Draws.happens(random, 0.5) ? Draws.uniform(random, -0.1, 0.1) : 0,
        Draws.happens(random, 0.5) ? Draws.uniform(random, 0.1, 1.1) : 0,
        Draws.happens(random, 0.5) ? Draws.uniform(random, 0, 0.06) : 0, 0);
  }

  /** Draws what one example has of its own. */
  public static Shading ofExample(SeededRandom random) {
    return new Shading(false,
        Draws.happens(random, 0.25) ? Math.exp(Draws.uniform(random, -0.2, 0.2)) : 1,
        Draws.happens(random, 0.25) ? Draws.uniform(random, 0.6, 1.4) : 1,
        Draws.happens(random, 0.25) ? Draws.uniform(random, -0.1, 0.1) : 0,
        Draws.happens(random, 0.25) ? Draws.uniform(random, 0.1, 1.1) : 0,
        Draws.happens(random, 0.25) ? Draws.uniform(random, 0, 0.06) : 0,
        Draws.happens(random, 0.2) ? Draws.uniform(random, 0.05, 0.2) : 0);
  }

  /** Changes an image by the task's shading and the example's own; the result lies from 0 to 1. */
  public static void apply(float[] image, int side, Shading task, Shading own,
      SeededRandom random) {
    task.tones(image);
    own.tones(image);
    if (own.bias > 0) {
      float[] field = SmoothField.draw(random, BIAS_CELLS, own.bias).raster(side);
      for (int i = 0; i < image.length; i++) {
        image[i] *= 1 + field[i];
      }
    }
    blur(image, side, Math.hypot(task.blur, own.blur) * side / FULL_SIDE);
    double noise = Math.hypot(task.noise, own.noise);
    for (int i = 0; i < image.length; i++) {
      double added = noise > 0 ? noise * Draws.normal(random) : 0;
      image[i] = (float) Math.clamp(image[i] + added, 0, 1);
    }
  }

  private void tones(float[] image) {
    if (!inverted && gamma == 1 && contrast == 1 && brightness == 0) {
      return;
    }
    for (int i = 0; i < image.length; i++) {
      double v = inverted ? 1 - image[i] : image[i];
      v = gamma == 1 ? v : Math.pow(Math.clamp(v, 0, 1), gamma);
      image[i] = (float) ((v - 0.5) * contrast + 0.5 + brightness);
    }
  }

  /** Smooths along both axes; beyond the border lies the border's value. */
  public static void blur(float[] image, int side, double sigma) {
    if (sigma < 0.25) {
      return;
    }
    int radius = (int) Math.ceil(2.5 * sigma);
    double[] kernel = new double[2 * radius + 1];
    double sum = 0;
    for (int i = -radius; i <= radius; i++) {
      kernel[i + radius] = Math.exp(-i * i / (2 * sigma * sigma));
      sum += kernel[i + radius];
    }
    float[] weights = new float[kernel.length];
    for (int i = 0; i < kernel.length; i++) {
      weights[i] = (float) (kernel[i] / sum);
    }
    float[] line = new float[side];
    for (int k = 0; k < side; k++) {
      blurLine(image, k * side, 1, line, weights);
    }
    for (int k = 0; k < side; k++) {
      blurLine(image, k, side, line, weights);
    }
  }

  private static void blurLine(float[] image, int first, int step, float[] line, float[] weights) {
    int side = line.length;
    int radius = weights.length / 2;
    for (int i = 0; i < side; i++) {
      line[i] = image[first + i * step];
    }
    for (int i = 0; i < side; i++) {
      float v = 0;
      for (int t = -radius; t <= radius; t++) {
        v += weights[t + radius] * line[Math.clamp(i + t, 0, side - 1)];
      }
      image[first + i * step] = v;
    }
  }
}
