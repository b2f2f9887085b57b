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
 * @param configuration the planned configuration
 * @param plans plans.json as a tree, which goes into every checkpoint as nnU-Net expects it
 * @param dataset dataset.json as a tree, likewise
 * @param fold fold number, or {@code all}
 * @param foldFolder where checkpoints go
 * @param trainerName a trainer class that nnU-Net has, so that its own tools load the model
 * @param channels input channels; in a cascade also those of the first stage's labels
 * @param labels what the outputs and the labels of the cases mean
 * @param training cases to learn from
 * @param validation cases for the pseudo Dice; empty: the training cases
 * @param expectedStepSeconds estimated time of one step, which a time budget starts from
 * @param transfer weights to start from, instead of random ones
 */
public record TrainingJob(Configuration configuration, Map<String, Object> plans,
    Map<String, Object> dataset, String fold, Path foldFolder, String trainerName, int channels,
    Labels labels, List<? extends PatchSource> training,
    List<? extends PatchSource> validation, double expectedStepSeconds,
    Optional<Transfer> transfer) {
  public TrainingJob {
    training = List.copyOf(training);
    validation = List.copyOf(validation);
  }
}
