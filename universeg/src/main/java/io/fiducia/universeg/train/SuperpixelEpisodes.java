package io.fiducia.universeg.train;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;
import java.util.ArrayList;
import java.util.List;

/**
 * Episodes on real images with made-up structures, after Ouyang et al. (Self-supervision with
 * superpixels, ECCV 2020), and ScribblePrompt (Wong et al., ECCV 2024): query and supports are strongly
 * augmented copies of one slice, the structure is a superpixel or a few neighbouring ones. Only slices of
 * structures that are trained on are used.
 */
final class SuperpixelEpisodes implements EpisodeKind {
  private static final int SMALLEST_CELL = 14;
  private static final int LARGEST_CELL = 40;
  private static final int TRIES = 12;
  private static final double LEAST_AREA = 0.004;
  /** Below this standard deviation there is nothing to see. */
  private static final double FLAT = 0.04;
  /** Superpixels further from the middle than this, as a share of the side, are not chosen. */
  private static final double OFF_CENTRE = 0.32;

  private final AnatomyTasks tasks;

  SuperpixelEpisodes(AnatomyTasks tasks) {
    this.tasks = tasks;
  }

  @Override
  public Episode draw(SeededRandom random, EpisodeSize size) {
    Picture slice = slice(random);
    Distortion shared = Distortion.draw(random, LabelMapEpisodes.TASK);
    Shading shading = Shading.ofTask(random);
    Crop crop = LabelMapEpisodes.crop(random, slice.label(), slice.side());
    Picture query = example(random, slice,
        crop.moved(Draws.uniform(random, -0.1, 0.1), Draws.uniform(random, -0.1, 0.1)), shared,
        shading,
        size.pixels());
    List<Picture> support = new ArrayList<>();
    for (int i = 0; i < size.support(); i++) {
      support.add(example(random, slice, crop, shared, shading, size.pixels()));
    }
    return new Episode(query, support);
  }

  /** A slice of a patient to train on, with superpixels as label. */
  private Picture slice(SeededRandom random) {
    Picture chosen = any(random);
    for (int t = 0; t < TRIES && isFlat(chosen.image()); t++) {
      chosen = any(random);
    }
    int side = chosen.side();
    int[] owner = Superpixels.of(chosen.image(), side,
        Draws.between(random, SMALLEST_CELL, LARGEST_CELL));
    float[] label = new float[side * side];
    for (int t = 0; t < TRIES && LabelMapEpisodes.area(label) < LEAST_AREA; t++) {
      label = structure(random, owner, side);
    }
    return new Picture(side, chosen.image(), label);
  }

  private Picture any(SeededRandom random) {
    StructureTask task = tasks.draw(random);
    StructureTask.Member member = task.training().get(Draws.index(random, task.training().size()));
    return member.picture(Draws.index(random, member.stack().size()), task.scale());
  }

  private static boolean isFlat(float[] image) {
    double sum = 0;
    double squares = 0;
    for (float v : image) {
      sum += v;
      squares += v * v;
    }
    double mean = sum / image.length;
    return squares / image.length - mean * mean < FLAT * FLAT;
  }

  /** A superpixel near the middle, half of the time with one or two that lie beside it. */
  private static float[] structure(SeededRandom random, int[] owner, int side) {
    int x = side / 2 + (int) (side * Draws.uniform(random, -OFF_CENTRE, OFF_CENTRE));
    int y = side / 2 + (int) (side * Draws.uniform(random, -OFF_CENTRE, OFF_CENTRE));
    float[] label = new float[side * side];
    fill(label, owner, owner[y * side + x]);
    int more = Draws.happens(random, 0.5) ? Draws.between(random, 1, 2) : 0;
    for (int i = 0; i < more; i++) {
      List<Integer> beside = beside(label, owner, side);
      if (!beside.isEmpty()) {
        fill(label, owner, beside.get(Draws.index(random, beside.size())));
      }
    }
    return label;
  }

  private static void fill(float[] label, int[] owner, int superpixel) {
    for (int p = 0; p < label.length; p++) {
      label[p] = owner[p] == superpixel ? 1 : label[p];
    }
  }

  /** The superpixels that touch the label, as often as pixels touch it. */
  private static List<Integer> beside(float[] label, int[] owner, int side) {
    List<Integer> out = new ArrayList<>();
    for (int p = 0; p < label.length - side; p++) {
      if (label[p] != label[p + side]) {
        out.add(owner[label[p] > 0 ? p + side : p]);
      }
      if (p % side < side - 1 && label[p] != label[p + 1]) {
        out.add(owner[label[p] > 0 ? p + 1 : p]);
      }
    }
    return out;
  }

  private static Picture example(SeededRandom random, Picture slice, Crop crop, Distortion shared,
      Shading shading, int pixels) {
    Picture out = ExampleCutter.cut(slice, crop, shared,
        Distortion.draw(random, LabelMapEpisodes.OWN), pixels);
    Shading.apply(out.image(), pixels, shading, Shading.ofExample(random), random);
    return out;
  }
}
