package io.fiducia.nnunet.train;

import io.fiducia.learn.augment.PatchSource;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.plan.Configuration;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What to train, and on what.
 *
 * @param network what the network is for
 * @param origin what checkpoints say about where the model comes from
 * @param fold where checkpoints go
 * @param cases what it is trained on
 * @param expectedStepSeconds estimated time of one step, which a time budget starts from
 * @param transfer weights to start from, instead of random ones
 */
public record TrainingJob(Network network, Origin origin, Fold fold, Cases cases,
    double expectedStepSeconds, Optional<Transfer> transfer) {

  /**
   * What the network is for.
   *
   * @param configuration the planned configuration
   * @param channels input channels; in a cascade's second stage also those of the first stage's labels
   * @param labels what the outputs and the labels of the cases mean
   */
  public record Network(Configuration configuration, int channels, Labels labels) {}

  /**
   * What checkpoints say about where the model comes from.
   *
   * @param plans plans.json as a tree, which goes into every checkpoint as nnU-Net expects it
   * @param dataset dataset.json as a tree, likewise
   * @param trainerName a trainer class that nnU-Net has, so that its own tools load the model
   */
  public record Origin(Map<String, Object> plans, Map<String, Object> dataset,
      String trainerName) {}

  /**
   * One fold.
   *
   * @param name fold number, or {@code all}
   * @param folder where checkpoints go
   */
  public record Fold(String name, Path folder) {}

  /**
   * What is trained on.
   *
   * @param training cases to learn from
   * @param validation cases for the pseudo Dice; empty: the training cases
   */
  public record Cases(List<? extends PatchSource> training,
      List<? extends PatchSource> validation) {
    public Cases {
      training = List.copyOf(training);
      validation = List.copyOf(validation);
    }

    /** The cases of the pseudo Dice: those of validation or, where there are none, of training. */
    List<? extends PatchSource> forPseudoDice() {
      return validation.isEmpty() ? training : validation;
    }
  }
}
