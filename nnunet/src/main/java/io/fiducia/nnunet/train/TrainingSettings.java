package io.fiducia.nnunet.train;

import io.fiducia.learn.augment.AugmentationSettings;
import java.util.List;

/**
 * How to train: everything that plans.json does not say.
 *
 * @param optimizer which optimiser
 * @param learningRate the highest learning rate of the schedule
 * @param decay how the learning rate falls from there
 * @param warmUp share of the training over which the learning rate rises from zero, 0 for none
 * @param weightDecay decoupled for AdamW, in the gradient for SGD
 * @param momentum of SGD, with Nesterov's correction
 * @param gradientClip largest norm of the whole gradient
 * @param averaging decay of the exponential moving average of the weights, which then is the model;
 *     0 for none
 * @param iterationsPerEpoch training iterations between two validations
 * @param validationIterations validation batches of an epoch
 * @param mirrorAxes spatial axes that training mirrors and inference may mirror
 * @param augmentation what is done to the patches
 * @param seed where all randomness comes from
 * @param loaderThreads threads that prepare batches; their number never changes a result
 * @param patience after how many epochs without a better moving average of the pseudo Dice training
 *     ends early; 0: never
 * @param mixedPrecision whether a GPU computes in half precision where that is safe, as upstream does;
 *     a CPU never does
 */
public record TrainingSettings(Optimizer optimizer, double learningRate, Decay decay, double warmUp,
    double weightDecay, double momentum, double gradientClip, double averaging,
    int iterationsPerEpoch, int validationIterations,
    List<Integer> mirrorAxes, AugmentationSettings augmentation, long seed, int loaderThreads,
    int patience, boolean mixedPrecision) {
  /** Highest learning rate of {@link #brief}. */
  public static final double BRIEF_RATE = 1e-2;
  /** Share of nnU-Net's augmentation probabilities that suits {@link #brief}. */
  public static final double BRIEF_AUGMENTATION = 0.5;

  /** The optimisers offered. */
  public enum Optimizer {
    SGD,
    ADAMW
  }

  /** How the learning rate falls over the progress f of the training, 0 to 1. */
  public enum Decay {
    /** (1 - f)^0.9, nnU-Net's. */
    POLY,
    /** (1 + cos(pi f)) / 2. */
    COSINE
  }

  public TrainingSettings {
    mirrorAxes = List.copyOf(mirrorAxes);
  }

  /** nnU-Net's own: SGD at 1e-2 with momentum 0.99, poly decay, 250 + 50 iterations an epoch. */
  public static TrainingSettings nnunet(AugmentationSettings augmentation, List<Integer> mirrorAxes,
      long seed, int loaderThreads) {
    return new TrainingSettings(Optimizer.SGD, 1e-2, Decay.POLY, 0, 3e-5, 0.99, 12, 0, 250, 50,
        mirrorAxes, augmentation, seed, loaderThreads, 0, true);
  }

  /**
   * For trainings of some hundred to some thousand steps: AdamW with a short warm-up and cosine
   * decay, averaged weights, no mirroring. docs/experiments.md records how each was settled.
   */
  public static TrainingSettings brief(AugmentationSettings augmentation, long seed,
      int loaderThreads) {
    return new TrainingSettings(Optimizer.ADAMW, BRIEF_RATE, Decay.COSINE, 0.03, 1e-2, 0, 12, 0.99,
        50,
        8, List.of(), augmentation, seed, loaderThreads, 0, true);
  }

  /** The same with other numbers of iterations. */
  public TrainingSettings withIterations(int training, int validation) {
    return new TrainingSettings(optimizer, learningRate, decay, warmUp, weightDecay, momentum,
        gradientClip, averaging, training, validation, mirrorAxes,
        augmentation, seed, loaderThreads, patience, mixedPrecision);
  }

  /** The same with another course of the learning rate. */
  public TrainingSettings withSchedule(double rate, Decay course, double warmUpShare) {
    return new TrainingSettings(optimizer, rate, course, warmUpShare, weightDecay, momentum,
        gradientClip, averaging, iterationsPerEpoch, validationIterations, mirrorAxes, augmentation,
        seed, loaderThreads, patience, mixedPrecision);
  }

  /** The same, ending early after so many epochs without progress. */
  public TrainingSettings withPatience(int epochs) {
    return new TrainingSettings(optimizer, learningRate, decay, warmUp, weightDecay, momentum,
        gradientClip, averaging, iterationsPerEpoch, validationIterations, mirrorAxes, augmentation,
        seed, loaderThreads, epochs, mixedPrecision);
  }

  /** The learning rate at a progress between 0 (start) and 1 (end). */
  public double learningRateAt(double progress) {
    double f = Math.clamp(progress, 0, 1);
    double rise = warmUp > 0 && f < warmUp ? Math.max(f / warmUp, 0.02) : 1;
    return rise * learningRate * switch (decay) {
      case POLY -> Math.pow(1 - f, 0.9);
      case COSINE -> 0.5 * (1 + Math.cos(Math.PI * f));
    };
  }
}
