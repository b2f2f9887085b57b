package io.fiducia.learn.train;

/**
 * A learning-rate schedule over the progress of a training, which runs from 0 (start) to 1 (end).
 *
 * @param highest the highest learning rate
 * @param decay how the learning rate falls from there
 * @param warmUp share of the training over which the learning rate rises from zero; 0 for none
 */
public record LearningRate(double highest, Decay decay, double warmUp) {
  /** The first step's share of the rising learning rate: with a rate of 0 it would train nothing. */
  private static final double LEAST_RISE = 0.02;

  /** How the learning rate falls over the progress f of the training. */
  public enum Decay {
    /** (1 - f)^0.9, nnU-Net's. */
    POLY,
    /** (1 + cos(pi f)) / 2. */
    COSINE
  }

  /** The learning rate at a progress; values below 0 count as 0, above 1 as 1. */
  public double at(double progress) {
    double f = Math.clamp(progress, 0, 1);
    double rise = warmUp > 0 && f < warmUp ? Math.max(f / warmUp, LEAST_RISE) : 1;
    return rise * highest * switch (decay) {
      case POLY -> Math.pow(1 - f, 0.9);
      case COSINE -> 0.5 * (1 + Math.cos(Math.PI * f));
    };
  }
}
