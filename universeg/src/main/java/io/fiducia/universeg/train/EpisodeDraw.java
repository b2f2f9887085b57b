package io.fiducia.universeg.train;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;
import io.fiducia.universeg.network.NetworkShape;
import java.util.ArrayList;
import java.util.List;

/**
 * What a step trains on. It follows from seed and step alone, so that the number of workers changes
 * nothing and a resumed training goes on with the same batches.
 */
final class EpisodeDraw {
  /** Support sizes, and how often each is drawn. */
  private static final int[] SUPPORT = {1, 2, 3, 4, 6, 8, 12, 16};
  private static final int SLICES = 12;
  private static final double[] SHARE = {0.12, 0.14, 0.12, 0.16, 0.14, 0.16, 0.08, 0.08};

  private final Mix mix;
  private final long seed;
  private final EpisodeKind anatomy;
  private final EpisodeKind labelMaps = new LabelMapEpisodes();
  private final EpisodeKind superpixels;

  /**
   * What is drawn how often.
   *
   * @param labelMaps share of episodes of random label maps
   * @param superpixels share of episodes of superpixels
   * @param slices about how many support slices a step has: a smaller support gives more episodes
   * @param coarseSteps this many steps at the start have slices of half the resolution, which takes a
   *     quarter of the time
   */
  record Mix(double labelMaps, double superpixels, int slices, int coarseSteps) {
    /** Label maps and superpixels in equal shares. */
    static Mix usual(double synthetic, int coarseSteps) {
      return new Mix(synthetic / 2, synthetic / 2, SLICES, coarseSteps);
    }
  }

  EpisodeDraw(AnatomyTasks tasks, Mix mix, long seed) {
    this.mix = mix;
    this.seed = seed;
    this.anatomy = new AnatomyEpisodes(tasks);
    this.superpixels = new SuperpixelEpisodes(tasks);
  }

  /** The batch of a step, counted from 0. */
  EpisodeBatch batch(int step) {
    SeededRandom random = SeededRandom.of(seed, "episodes of a step", step);
    boolean coarse = step < mix.coarseSteps();
    int support = supportSize(random);
    int episodes = Math.clamp(Math.round((float) mix.slices() / support), 1, 6);
    EpisodeKind.EpisodeSize size = new EpisodeKind.EpisodeSize(support,
        coarse ? NetworkShape.SIDE / 2 : NetworkShape.SIDE);
    List<Episode> out = new ArrayList<>();
    for (int e = 0; e < episodes; e++) {
      SeededRandom own = SeededRandom.of(seed, "episode", step, e);
      out.add(kind(own).draw(own, size));
    }
    return EpisodeBatch.of(out);
  }

  private static int supportSize(SeededRandom random) {
    double u = Draws.unit(random);
    int i = 0;
    while (i < SHARE.length - 1 && u >= SHARE[i]) {
      u -= SHARE[i];
      i++;
    }
    return SUPPORT[i];
  }

  private EpisodeKind kind(SeededRandom random) {
    double u = Draws.unit(random);
    return u < mix.labelMaps()
        ? labelMaps
        : u < mix.labelMaps() + mix.superpixels() ? superpixels : anatomy;
  }
}
