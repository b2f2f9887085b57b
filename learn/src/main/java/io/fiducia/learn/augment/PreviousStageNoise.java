package io.fiducia.learn.augment;

import io.fiducia.base.SeededRandom;
import io.fiducia.morphology.Components;
import io.fiducia.morphology.Connectivity;
import java.util.ArrayList;
import java.util.List;

/**
 * What a cascade's second stage is shown of the first stage's segmentation: one channel of 0 and 1
 * for each foreground label, corrupted at random so that the network does not rely on it.
 *
 * <p>As in upstream, there are two changes. With probability 0.4, channels are dilated, eroded, closed
 * or opened by a ball of radius 1 to 8: each channel, in random order, with probability 0.5. Voxels
 * that a channel gains are removed from the other channels. Then, with probability 0.2, each channel
 * with probability 0.5 loses one of its components that cover less than 15 % of the patch.
 *
 * @param changes in the order in which they are made
 */
record PreviousStageNoise(List<Change> changes) {
  private static final double PER_LABEL = 0.5;
  private static final double LEAST_RADIUS = 1;
  private static final double LARGEST_RADIUS = 8;
  private static final double LARGEST_REMOVED = 0.15;

  PreviousStageNoise {
    changes = List.copyOf(changes);
  }

  /** One change to one channel, counted from the first label's. */
  sealed interface Change {
    int channel();
  }

  /** An operation by a ball, or in 2D by a disk. */
  record Morphology(int channel, BinaryMorphology.Operator operator, double radius)
      implements
        Change {}

  /** The removal of one component, chosen by its share, 0 to 1, of the list of removable ones. */
  record Removal(int channel, double share) implements Change {}

  static PreviousStageNoise draw(AugmentationProbabilities.PreviousStage p, int labels,
      SeededRandom random) {
    List<Change> changes = new ArrayList<>();
    BinaryMorphology.Operator[] operators = BinaryMorphology.Operator.values();
    if (Draws.happens(random, p.morphology())) {
      for (int channel : chosen(labels, random)) {
        changes.add(new Morphology(channel, operators[Draws.index(random, operators.length)],
            Draws.uniform(random, LEAST_RADIUS, LARGEST_RADIUS)));
      }
    }
    if (Draws.happens(random, p.removal())) {
      for (int channel : chosen(labels, random)) {
        changes.add(new Removal(channel, Draws.uniform(random, 0, 1)));
      }
    }
    return new PreviousStageNoise(changes);
  }

  /** Channels in random order, each with probability one half. */
  private static List<Integer> chosen(int labels, SeededRandom random) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < labels; i++) {
      order.add(Draws.index(random, i + 1), i);
    }
    order.removeIf(channel -> !Draws.happens(random, PER_LABEL));
    return order;
  }

  /**
   * Changes the channels in place.
   *
   * @param at where the first label's channel begins in {@code data}
   */
  void apply(float[] data, int at, int labels, PatchShape patch) {
    for (Change change : changes) {
      switch (change) {
        case Morphology m -> apply(m, data, at, labels, patch);
        case Removal r -> apply(r, data, at, patch);
      }
    }
  }

  private static void apply(Morphology m, float[] data, int at, int labels, PatchShape patch) {
    int base = at + m.channel() * patch.voxels();
    boolean[] before = mask(data, base, patch.voxels());
    boolean[] after = BinaryMorphology.apply(m.operator(), before, patch, patch.flat()
        ? StructuringElement.disk(m.radius())
        : StructuringElement.ball(m.radius()));
    for (int i = 0; i < after.length; i++) {
      if (after[i] && !before[i]) {
        for (int c = 0; c < labels; c++) {
          data[at + c * patch.voxels() + i] = 0;
        }
      }
      data[base + i] = after[i] ? 1 : 0;
    }
  }

  private static void apply(Removal r, float[] data, int at, PatchShape patch) {
    int base = at + r.channel() * patch.voxels();
    int[] shape = patch.zyx();
    Components components = Components.of(mask(data, base, patch.voxels()), shape,
        Connectivity.CORNERS);
    List<Integer> small = new ArrayList<>();
    for (int k = 1; k <= components.count(); k++) {
      if (components.size(k) < patch.voxels() * LARGEST_REMOVED) {
        small.add(k);
      }
    }
    if (small.isEmpty()) {
      return;
    }
    int gone = small.get((int) Math.min(small.size() - 1L, (long) (r.share() * small.size())));
    int[] numbers = components.labels();
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] == gone) {
        data[base + i] = 0;
      }
    }
  }

  private static boolean[] mask(float[] data, int base, int voxels) {
    boolean[] mask = new boolean[voxels];
    for (int i = 0; i < voxels; i++) {
      mask[i] = data[base + i] != 0;
    }
    return mask;
  }
}
