package io.fiducia.universeg.train;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;
import io.fiducia.learn.picture.Crop;
import io.fiducia.learn.picture.Distortion;
import io.fiducia.learn.picture.ExampleCutter;
import io.fiducia.learn.picture.Picture;
import io.fiducia.learn.picture.Shading;
import io.fiducia.learn.picture.Superpixels;
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
    for (int t = 0; t < TRIES && Picture.isFlat(chosen.image()); t++) {
      chosen = any(random);
    }
    int side = chosen.side();
    int[] owner = Superpixels.of(chosen.image(), side,
        Draws.between(random, SMALLEST_CELL, LARGEST_CELL));
    float[] label = new float[side * side];
    for (int t = 0; t < TRIES && Picture.area(label) < LEAST_AREA; t++) {
      label = Superpixels.structure(random, owner, side);
    }
    return new Picture(side, chosen.image(), label);
  }

  private Picture any(SeededRandom random) {
    StructureTask task = tasks.draw(random);
    StructureTask.Member member = task.training().get(Draws.index(random, task.training().size()));
    return member.picture(Draws.index(random, member.stack().size()), task.scale());
  }

  private static Picture example(SeededRandom random, Picture slice, Crop crop, Distortion shared,
      Shading shading, int pixels) {
    Picture out = ExampleCutter.cut(slice, crop, shared,
        Distortion.draw(random, LabelMapEpisodes.OWN), pixels);
    Shading.apply(out.image(), pixels, shading, Shading.ofExample(random), random);
    return out;
  }
}
