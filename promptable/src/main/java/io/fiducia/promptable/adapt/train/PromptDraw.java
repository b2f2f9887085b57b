package io.fiducia.promptable.adapt.train;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;
import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.promptable.slice.SlicePrompts;
import io.fiducia.promptable.volume.SliceMask;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Draws pictures and prompts of the steps of a promptable training. A step's draw depends on the seed and its
 * number only.
 */
final class PromptDraw {
  private static final int MOST_POINTS = 3;
  private static final int MOST_CORRECTIONS = 3;

  private final Subjects subjects;
  private final PromptShares shares;
  private final long seed;

  PromptDraw(Subjects subjects, PromptShares shares, long seed) {
    this.subjects = subjects;
    this.shares = shares;
    this.seed = seed;
  }

  /**
   * Examples with as many points each, or a box each.
   *
   * @param size number of pictures; each has {@link PromptShares#perPicture} examples, one after the other
   */
  List<Example> batch(int step, int size) {
    SeededRandom random = SeededRandom.of(seed, "prompted step", step);
    int points = Draws.happens(random, shares.points()) ? 1 + Draws.index(random, MOST_POINTS) : 0;
    List<Example> out = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      List<Subject> drawn = subjects.draw(random, shares.perPicture());
      for (int k = 0; k < shares.perPicture(); k++) {
        out.add(example(drawn.get(k % drawn.size()), points, random));
      }
    }
    return out;
  }

  /** The randomness of a step's corrections. */
  SeededRandom corrections(int step) {
    return SeededRandom.of(seed, "corrections", step);
  }

  /** Number of corrections of a step. */
  int numberOfCorrections(SeededRandom random) {
    return Draws.happens(random, shares.corrected())
        ? 1 + Draws.index(random, MOST_CORRECTIONS)
        : 0;
  }

  private Example example(Subject subject, int points, SeededRandom random) {
    SlicePrompts prompts = points == 0
        ? SlicePrompts.box(box(subject.mask(), subject.picture(), random))
        : SlicePrompts.points(points(subject.mask(), subject.picture(), points, random));
    return new Example(subject.source(), subject.picture(),
        Map.of(subject.structure(), subject.mask()), prompts);
  }

  /** The box around a mask, each side moved in or out, within the picture and with an area. */
  private PixelBox box(boolean[] mask, SlicePicture picture, SeededRandom random) {
    PixelBox tight = SliceMask.box(mask, picture.width()).orElseThrow();
    double reach = shares.jitter() * Math.max(picture.width(), picture.height());
    double x0 = side(tight.x0(), reach, picture.width(), random);
    double y0 = side(tight.y0(), reach, picture.height(), random);
    double x1 = side(tight.x1(), reach, picture.width(), random);
    double y1 = side(tight.y1(), reach, picture.height(), random);
    boolean area = x1 - x0 >= 1 && y1 - y0 >= 1;
    return area
        ? new PixelBox(x0, y0, x1, y1)
        : new PixelBox(tight.x0() - 0.5, tight.y0() - 0.5, tight.x1() + 0.5, tight.y1() + 0.5);
  }

  private static double side(double at, double reach, int size, SeededRandom random) {
    return Math.clamp(Math.rint(at + Draws.uniform(random, -reach, reach)), 0.0, size - 1.0);
  }

  /** A point on the structure, then points on it or beside it, near it. */
  private static List<SlicePrompts.Point> points(boolean[] mask, SlicePicture picture, int count,
      SeededRandom random) {
    List<SlicePrompts.Point> out = new ArrayList<>();
    out.add(onOrBeside(mask, picture, true, random));
    while (out.size() < count) {
      out.add(onOrBeside(mask, picture, Draws.happens(random, 0.5), random));
    }
    return out;
  }

  private static SlicePrompts.Point onOrBeside(boolean[] mask, SlicePicture picture,
      boolean positive, SeededRandom random) {
    int width = picture.width();
    PixelBox box = SliceMask.box(mask, width).orElseThrow();
    double spare = positive ? 0 : 0.25 * Math.max(box.x1() - box.x0(), box.y1() - box.y0()) + 2;
    int left = (int) Math.max(0, box.x0() - spare);
    int right = (int) Math.min(width - 1, box.x1() + spare);
    int top = (int) Math.max(0, box.y0() - spare);
    int bottom = (int) Math.min(picture.height() - 1, box.y1() + spare);
    List<Integer> fitting = new ArrayList<>();
    for (int y = top; y <= bottom; y++) {
      for (int x = left; x <= right; x++) {
        if (mask[y * width + x] == positive) {
          fitting.add(y * width + x);
        }
      }
    }
    if (fitting.isEmpty()) {
      return onOrBeside(mask, picture, true, random);
    }
    int at = fitting.get(Draws.index(random, fitting.size()));
    return new SlicePrompts.Point(at % width, at / width, positive);
  }

  /** Fixed examples to validate with: for each structure at most so many, with boxes one pixel outside. */
  static Map<String, List<Example>> fixed(List<TrainingPicture> pictures, int most) {
    Map<String, List<Example>> out = new TreeMap<>();
    AdaptSlices.byStructure(pictures).forEach((structure, with) -> {
      List<Example> examples = new ArrayList<>();
      int count = Math.min(most, with.size());
      for (int i = 0; i < count; i++) {
        TrainingPicture source = with.get((int) ((i + 0.5) * with.size() / count));
        boolean[] mask = source.mask(structure);
        PixelBox tight = SliceMask.box(mask, source.width()).orElseThrow();
        PixelBox box = new PixelBox(Math.max(0, tight.x0() - 1), Math.max(0, tight.y0() - 1),
            Math.min(source.width() - 1.0, tight.x1() + 1),
            Math.min(source.height() - 1.0, tight.y1() + 1));
        examples.add(new Example(source, source.picture(), Map.of(structure, mask),
            new SlicePrompts(List.of(), List.of(box), Optional.empty(), false)));
      }
      out.put(structure, examples);
    });
    return out;
  }
}
