package io.fiducia.nnunet.train;

import io.fiducia.learn.augment.AugmentationSettings;
import io.fiducia.learn.train.EpochSettings;
import io.fiducia.learn.train.LearningRate;
import java.util.List;

/**
 * How to train: everything that plans.json does not say.
 *
 * @param descent how weights follow from gradients
 * @param learningRate the schedule of the learning rate
 * @param epoch the length of an epoch, and the patience
 * @param batches how patches become batches
 */
public record TrainingSettings(Descent descent, LearningRate learningRate, EpochSettings epoch,
    Batches batches) {
  /** Highest learning rate of {@link #brief}. */
  public static final double BRIEF_RATE = 1e-2;
  /** Share of nnU-Net's augmentation probabilities that suits {@link #brief}. */
  public static final double BRIEF_AUGMENTATION = 0.5;

  /** The optimiser and its settings. */
  public sealed interface OptimizerSettings {}

  /**
   * Stochastic gradient descent with Nesterov's correction.
   *
   * @param weightDecay in the gradient
   */
  public record SgdSettings(double momentum, double weightDecay) implements OptimizerSettings {}

  /**
   * AdamW.
   *
   * @param weightDecay decoupled from the gradient
   */
  public record AdamWSettings(double weightDecay) implements OptimizerSettings {}

  /**
   * How weights follow from gradients.
   *
   * @param optimizer which optimiser, with its settings
   * @param gradientClip largest norm of the whole gradient
   * @param averaging decay of the exponential moving average of the weights, which then is the model;
   *     0 for none
   * @param mixedPrecision whether a GPU computes in half precision where that is safe, as upstream
   *     does; a CPU never does
   */
  public record Descent(OptimizerSettings optimizer, double gradientClip, double averaging,
      boolean mixedPrecision) {}

  /**
   * Where all randomness comes from.
   *
   * @param value the seed of a training that starts
   * @param chosen whether somebody asked for this seed. If so, resuming a training that was started
   *     with another seed is an error; if not, it resumes with the seed that it was started with
   */
  public record Seed(long value, boolean chosen) {}

  /**
   * How patches become batches.
   *
   * @param augmentation what is done to the patches
   * @param mirrorAxes spatial axes that training mirrors and inference may mirror
   * @param seed where all randomness comes from
   * @param loaderThreads threads that prepare batches; their number never changes a result
   */
  public record Batches(AugmentationSettings augmentation, List<Integer> mirrorAxes, Seed seed,
      int loaderThreads) {
    public Batches {
      mirrorAxes = List.copyOf(mirrorAxes);
    }
  }

  /**
   * nnU-Net's settings: SGD at 1e-2 with momentum 0.99, poly decay, 250 iterations and 50 validation
   * batches per epoch.
   */
  public static TrainingSettings nnunet(AugmentationSettings augmentation, List<Integer> mirrorAxes,
      long seed, int loaderThreads) {
    return new TrainingSettings(new Descent(new SgdSettings(0.99, 3e-5), 12, 0, true),
        new LearningRate(1e-2, LearningRate.Decay.POLY, 0), new EpochSettings(250, 50, 0),
        new Batches(augmentation, mirrorAxes, new Seed(seed, true), loaderThreads));
  }

  /**
   * Settings for trainings of some hundred to some thousand steps: AdamW with a short warm-up and
   * cosine decay, averaged weights, no mirroring. docs/experiments.md records how each was settled.
   */
  public static TrainingSettings brief(AugmentationSettings augmentation, long seed,
      int loaderThreads) {
    return new TrainingSettings(new Descent(new AdamWSettings(1e-2), 12, 0.99, true),
        new LearningRate(BRIEF_RATE, LearningRate.Decay.COSINE, 0.03), new EpochSettings(50, 8, 0),
        new Batches(augmentation, List.of(), new Seed(seed, true), loaderThreads));
  }

  /** The same with other numbers of iterations per epoch. */
  public TrainingSettings withIterations(int training, int validation) {
    return with(new EpochSettings(training, validation, epoch.patience()));
  }

  /** The same with another schedule of the learning rate. */
  public TrainingSettings withSchedule(LearningRate schedule) {
    return new TrainingSettings(descent, schedule, epoch, batches);
  }

  /** The same, ending early after so many epochs without progress. */
  public TrainingSettings withPatience(int epochs) {
    return with(new EpochSettings(epoch.iterations(), epoch.validationIterations(), epochs));
  }

  /**
   * The same with a seed that nobody asked for: a training that resumes keeps the seed that it was
   * started with, instead of refusing another one.
   */
  public TrainingSettings withDefaultSeed() {
    return with(new Seed(batches.seed().value(), false));
  }

  /** The same with another seed. */
  TrainingSettings with(Seed seed) {
    return new TrainingSettings(descent, learningRate, epoch, new Batches(batches.augmentation(),
        batches.mirrorAxes(), seed, batches.loaderThreads()));
  }

  private TrainingSettings with(EpochSettings other) {
    return new TrainingSettings(descent, learningRate, other, batches);
  }
}
