package io.fiducia.nnunet.run;

import io.fiducia.learn.train.TrainingLog;
import io.fiducia.metrics.Evaluation;
import io.fiducia.nnunet.infer.Predictor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What the run of a fold led to.
 *
 * @param model the model's folder
 * @param log the course of the training; empty where nothing was trained
 * @param scores the scores of the validation cases; empty without validation cases
 * @param failures validation cases that could not be segmented
 */
public record FoldResult(Path model, Optional<TrainingLog> log, Optional<Evaluation> scores,
    List<Predictor.Failure> failures) {
  public FoldResult {
    failures = List.copyOf(failures);
  }

  /** Whether every validation case was segmented and scored. */
  public boolean complete() {
    return failures.isEmpty() && scores.map(s -> s.problems().isEmpty()).orElse(true);
  }

  /** The mean Dice of the foreground over the validation cases; empty without validation cases. */
  public OptionalDouble meanDice() {
    return scores.map(s -> OptionalDouble.of(s.foregroundMean().get("Dice")))
        .orElse(OptionalDouble.empty());
  }
}
