package io.fiducia.learn.picture;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * A random smooth label map, after Hoffmann et al., SynthMorph (IEEE TMI 2022): pictures without any patient.
 *
 * @param labels of SIDE x SIDE pixels, row by row, from 0
 * @param count number of labels
 */
public record LabelMap(byte[] labels, int count) {
  /** Pixels along each side of a label map. */
  public static final int SIDE = 160;
  private static final int FEWEST_LABELS = 3;
  private static final int MOST_LABELS = 10;
  private static final int[] CELLS = {2, 3, 4, 6, 9, 13};
  private static final double LEAST_AREA = 0.012;
  private static final double LARGEST_AREA = 0.35;
  private static final double LARGEST_EXTENT = 0.65;
  private static final int TRIES = 24;

  /**
   * How labels look in one task.
   *
   * @param mean mean intensity of each label
   * @param texture standard deviation of a smooth texture of each label
   * @param between standard deviation of a label's mean between examples
   */
  public record Look(double[] mean, double[] texture, double between) {
    /** Draws intensities for so many labels. */
    public static Look draw(SeededRandom random, int count) {
      double[] mean = new double[count];
      double[] texture = new double[count];
      for (int k = 0; k < count; k++) {
        mean[k] = Draws.uniform(random, 0, 1);
        texture[k] = Draws.happens(random, 0.5) ? Draws.uniform(random, 0, 0.12) : 0;
      }
      return new Look(mean, texture, Draws.uniform(random, 0, 0.06));
    }
  }

  /** The largest of several smooth random fields wins each pixel. */
  public static LabelMap draw(SeededRandom random) {
    int count = Draws.between(random, FEWEST_LABELS, MOST_LABELS);
    int coarse = Draws.index(random, CELLS.length - 1);
    byte[] labels = new byte[SIDE * SIDE];
    float[] best = new float[SIDE * SIDE];
    for (int k = 0; k < count; k++) {
      float[] field = SmoothField.draw(random, CELLS[coarse], 1).raster(SIDE);
      float[] fine = SmoothField
          .draw(random, CELLS[Draws.between(random, coarse + 1, CELLS.length - 1)], 0.4)
          .raster(SIDE);
      for (int i = 0; i < field.length; i++) {
        float v = field[i] + fine[i];
        if (k == 0 || v > best[i]) {
          best[i] = v;
          labels[i] = (byte) k;
        }
      }
    }
    return new LabelMap(labels, count);
  }

  /** The mask of a label or of one connected part, neither tiny nor filling the picture. */
  public float[] structure(SeededRandom random) {
    float[] mask = new float[0];
    for (int t = 0; t < TRIES; t++) {
      int pixel = Draws.index(random, labels.length);
      mask = Draws.happens(random, 0.7) ? part(pixel) : whole(labels[pixel]);
      double area = Picture.area(mask);
      Crop box = Crop.around(mask, SIDE);
      if (area >= LEAST_AREA && area <= LARGEST_AREA && box.side() <= LARGEST_EXTENT) {
        return mask;
      }
    }
    return mask;
  }

  private float[] whole(int label) {
    float[] mask = new float[labels.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = labels[i] == label ? 1 : 0;
    }
    return mask;
  }

  /** The pixels of one label that are connected with a pixel by edges. */
  private float[] part(int pixel) {
    float[] mask = new float[labels.length];
    byte label = labels[pixel];
    Deque<Integer> open = new ArrayDeque<>(List.of(pixel));
    mask[pixel] = 1;
    while (!open.isEmpty()) {
      int p = open.removeLast();
      int x = p % SIDE;
      int[] next = {x > 0 ? p - 1 : -1, x < SIDE - 1 ? p + 1 : -1, p - SIDE, p + SIDE};
      for (int n : next) {
        if (n >= 0 && n < mask.length && mask[n] == 0 && labels[n] == label) {
          mask[n] = 1;
          open.addLast(n);
        }
      }
    }
    return mask;
  }

  /** The map with another label in the structure's place. */
  public LabelMap without(SeededRandom random, float[] structure) {
    byte[] changed = labels.clone();
    byte other = (byte) Draws.index(random, count);
    for (int i = 0; i < changed.length; i++) {
      if (structure[i] > 0) {
        changed[i] = changed[i] == other ? (byte) ((other + 1) % count) : other;
      }
    }
    return new LabelMap(changed, count);
  }

  /** The image of a label map: each label's intensity, varied, and its texture. */
  public float[] render(SeededRandom random, Look look) {
    double[] mean = new double[count];
    for (int k = 0; k < mean.length; k++) {
      mean[k] = look.mean()[k] + look.between() * Draws.normal(random);
    }
    float[] texture = SmoothField.draw(random, 30, 1).raster(SIDE);
    float[] image = new float[SIDE * SIDE];
    for (int i = 0; i < image.length; i++) {
      int k = labels[i];
      image[i] = (float) (mean[k] + look.texture()[k] * texture[i]);
    }
    return image;
  }
}
