package io.fiducia.universeg.train;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Episodes without any patient: a random smooth label map with a random intensity for each label, after
 * Hoffmann et al., SynthMorph (IEEE TMI 2022), and Butoi et al., UniverSeg (ICCV 2023). Query and supports
 * are one label map, deformed independently and with intensities that vary a little, as patients do. The
 * structure is one label, or one connected part of a label.
 */
final class LabelMapEpisodes implements EpisodeKind {
  /** Pixels along each side of a label map. */
  static final int SIDE = 160;
  private static final int FEWEST_LABELS = 3;
  private static final int MOST_LABELS = 10;
  private static final int[] CELLS = {2, 3, 4, 6, 9, 13};
  private static final double LEAST_AREA = 0.012;
  private static final double LARGEST_AREA = 0.35;
  private static final double LARGEST_EXTENT = 0.65;
  private static final int TRIES = 24;
  private static final double ABSENT = 0.06;
  private static final double CLOSEST = 1.15;
  private static final double WIDEST = 2.2;

  /** What examples share. */
  static final Distortion.Range TASK = new Distortion.Range(true, 0.3, Math.PI, 0.9, 1.1, 0.03, 0,
      0, 0);
  /** What makes "other patients" of one label map. */
  static final Distortion.Range OWN = new Distortion.Range(false, 0.9, Math.toRadians(15), 0.85,
      1.15,
      0.06, 0.95, 0.015, 0.05);

  /**
   * A random label map.
   *
   * @param labels of SIDE x SIDE pixels, row by row, from 0
   * @param count number of labels
   */
  record LabelMap(byte[] labels, int count) {}

  /**
   * How labels look in one task.
   *
   * @param mean mean intensity of each label
   * @param texture standard deviation of a smooth texture of each label
   * @param between standard deviation of a label's mean between examples
   */
  record Look(double[] mean, double[] texture, double between) {}

  @Override
  public Episode draw(SeededRandom random, EpisodeSize size) {
    LabelMap map = labelMap(random);
    float[] structure = structure(random, map);
    Look look = look(random, map.count());
    Distortion shared = Distortion.draw(random, TASK);
    Shading shading = Shading.ofTask(random);
    Crop crop = crop(random, structure, SIDE);
    boolean absent = Draws.happens(random, ABSENT);
    Picture query = example(random, absent ? without(random, map, structure) : map,
        absent ? new float[structure.length] : structure, look,
        new Cut(crop.moved(Draws.uniform(random, -0.1, 0.1), Draws.uniform(random, -0.1, 0.1)),
            shared,
            shading, size.pixels()));
    List<Picture> support = new ArrayList<>();
    for (int i = 0; i < size.support(); i++) {
      support.add(example(random, map, structure, look,
          new Cut(crop, shared, shading, size.pixels())));
    }
    return new Episode(query, support);
  }

  private record Cut(Crop crop, Distortion shared, Shading shading, int pixels) {}

  /** The largest of several smooth random fields wins each pixel. */
  static LabelMap labelMap(SeededRandom random) {
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

  static Look look(SeededRandom random, int count) {
    double[] mean = new double[count];
    double[] texture = new double[count];
    for (int k = 0; k < count; k++) {
      mean[k] = Draws.uniform(random, 0, 1);
      texture[k] = Draws.happens(random, 0.5) ? Draws.uniform(random, 0, 0.12) : 0;
    }
    return new Look(mean, texture, Draws.uniform(random, 0, 0.06));
  }

  /** The mask of a label or of one connected part, neither tiny nor filling the picture. */
  static float[] structure(SeededRandom random, LabelMap map) {
    float[] mask = new float[0];
    for (int t = 0; t < TRIES; t++) {
      int pixel = Draws.index(random, map.labels().length);
      mask = Draws.happens(random, 0.7) ? part(map, pixel) : whole(map, map.labels()[pixel]);
      double area = area(mask);
      Crop box = box(mask, SIDE);
      if (area >= LEAST_AREA && area <= LARGEST_AREA && box.side() <= LARGEST_EXTENT) {
        return mask;
      }
    }
    return mask;
  }

  private static float[] whole(LabelMap map, int label) {
    float[] mask = new float[map.labels().length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = map.labels()[i] == label ? 1 : 0;
    }
    return mask;
  }

  /** The pixels of one label that are connected with a pixel by edges. */
  private static float[] part(LabelMap map, int pixel) {
    float[] mask = new float[map.labels().length];
    byte label = map.labels()[pixel];
    Deque<Integer> open = new ArrayDeque<>(List.of(pixel));
    mask[pixel] = 1;
    while (!open.isEmpty()) {
      int p = open.removeLast();
      int x = p % SIDE;
      int[] next = {x > 0 ? p - 1 : -1, x < SIDE - 1 ? p + 1 : -1, p - SIDE, p + SIDE};
      for (int n : next) {
        if (n >= 0 && n < mask.length && mask[n] == 0 && map.labels()[n] == label) {
          mask[n] = 1;
          open.addLast(n);
        }
      }
    }
    return mask;
  }

  static double area(float[] mask) {
    double sum = 0;
    for (float v : mask) {
      sum += v;
    }
    return sum / mask.length;
  }

  /** The middle of a mask's box, and its longer side; of an empty mask the middle half. */
  static Crop box(float[] mask, int side) {
    int left = side;
    int right = -1;
    int top = side;
    int bottom = -1;
    for (int i = 0; i < mask.length; i++) {
      if (mask[i] > 0) {
        left = Math.min(left, i % side);
        right = Math.max(right, i % side);
        top = Math.min(top, i / side);
        bottom = Math.max(bottom, i / side);
      }
    }
    if (right < 0) {
      return new Crop(0.5, 0.5, 0.5);
    }
    return new Crop((left + right + 1) / 2.0 / side, (top + bottom + 1) / 2.0 / side,
        (Math.max(right - left, bottom - top) + 1) / (double) side);
  }

  /** The square around a structure that examples show. */
  static Crop crop(SeededRandom random, float[] structure, int side) {
    Crop box = box(structure, side);
    double times = Math.exp(Draws.uniform(random, Math.log(CLOSEST), Math.log(WIDEST)));
    return new Crop(box.centreX(), box.centreY(), Math.clamp(times * box.side(), 0.25, 1));
  }

  /** The map with another label in the structure's place. */
  private static LabelMap without(SeededRandom random, LabelMap map, float[] structure) {
    byte[] labels = map.labels().clone();
    byte other = (byte) Draws.index(random, map.count());
    for (int i = 0; i < labels.length; i++) {
      if (structure[i] > 0) {
        labels[i] = labels[i] == other ? (byte) ((other + 1) % map.count()) : other;
      }
    }
    return new LabelMap(labels, map.count());
  }

  private static Picture example(SeededRandom random, LabelMap map, float[] structure, Look look,
      Cut cut) {
    Picture whole = new Picture(SIDE, render(random, map, look), structure);
    Picture out = ExampleCutter.cut(whole, cut.crop(), cut.shared(), Distortion.draw(random, OWN),
        cut.pixels());
    Shading.apply(out.image(), cut.pixels(), cut.shading(), Shading.ofExample(random), random);
    return out;
  }

  /** The image of a label map: each label's intensity, varied, and its texture. */
  static float[] render(SeededRandom random, LabelMap map, Look look) {
    double[] mean = new double[map.count()];
    for (int k = 0; k < mean.length; k++) {
      mean[k] = look.mean()[k] + look.between() * Draws.normal(random);
    }
    float[] texture = SmoothField.draw(random, 30, 1).raster(SIDE);
    float[] image = new float[SIDE * SIDE];
    for (int i = 0; i < image.length; i++) {
      int k = map.labels()[i];
      image[i] = (float) (mean[k] + look.texture()[k] * texture[i]);
    }
    return image;
  }
}
