package io.fiducia.promptable.adapt.train;

import io.fiducia.base.Cancellation;
import io.fiducia.learn.train.AheadOfTime;
import io.fiducia.learn.train.AveragedWeights;
import io.fiducia.learn.train.MixedPrecisionStep;
import io.fiducia.learn.train.ResumeFile;
import io.fiducia.learn.train.TrainingState;
import io.fiducia.learn.train.TrainingTask;
import io.fiducia.promptable.adapt.AdaptedNetwork;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Trains what is not frozen of a network: its step, its validation, its checkpoint. */
final class AdaptTask implements TrainingTask {
  private static final int MOST_VALIDATED = 12;
  private static final double SLOW_SECONDS = 2;

  private final Parts parts;
  private final Objective objective;
  private final NetworkInputs inputs;
  private final Optional<EmbeddingStore> embeddings;
  private final AheadOfTime<List<Example>> batches;
  private final Saving saving;
  private final Map<String, List<Example>> validation;

  /** What a training changes. The caller closes it. */
  record Parts(AdaptedNetwork adapted, MixedPrecisionStep descent, AveragedWeights average) {
    /** What is stored to resume: frozen tensors are those of the weights that the training starts from. */
    ResumeFile.Parts toResume() {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      adapted.trainable().forEach(p -> tensors.put(p.name(), p.tensor()));
      return new ResumeFile.Parts(tensors, adapted.trainable(), descent, average);
    }
  }

  /** Where the state is saved, with which settings. */
  record Saving(Path file, Map<String, String> settings) {}

  /**
   * Prepares a training.
   *
   * @param embeddings those of a frozen encoder; empty: pictures are encoded in every step
   * @param batches examples of the steps to come
   */
  AdaptTask(Parts parts, Objective objective, NetworkInputs inputs,
      Optional<EmbeddingStore> embeddings, AheadOfTime<List<Example>> batches, Saving saving) {
    this.parts = parts;
    this.objective = objective;
    this.inputs = inputs;
    this.embeddings = embeddings;
    this.batches = batches;
    this.saving = saving;
    this.validation = objective.validation(MOST_VALIDATED);
  }

  /** Names of what is validated. */
  List<String> names() {
    return List.copyOf(validation.keySet());
  }

  @Override
  public double step(TrainingState at, double learningRate) {
    List<Example> examples = batches.next();
    try (TorchScope step = TorchScope.open("step")) {
      parts.descent().zeroGrad();
      Tensor total = parts.descent()
          .forward(() -> objective.loss(embedding(examples), examples, at.steps()));
      double value = total.item();
      if (Double.isFinite(value) && parts.descent().update(total, learningRate)) {
        parts.average().update(at.steps());
      }
      return value;
    }
  }

  /** Seconds that a step takes, measured without changing anything; a quick one a second time, when it is warm. */
  double secondsPerStep(List<Example> examples) {
    double seconds = 0;
    for (int i = 0; i < 2 && seconds < SLOW_SECONDS; i++) {
      long start = System.nanoTime();
      try (TorchScope step = TorchScope.open("measured step")) {
        parts.descent().forward(() -> objective.loss(embedding(examples), examples, 0))
            .backward();
      }
      parts.descent().zeroGrad();
      seconds = (System.nanoTime() - start) / 1e9;
    }
    return seconds;
  }

  private Tensor embedding(List<Example> examples) {
    return embeddings.map(e -> e.of(examples))
        .orElseGet(() -> inputs.network().embed(inputs.pictures(examples)));
  }

  @Override
  public Validation validate(int batches, Cancellation cancellation) {
    List<Double> dice = new ArrayList<>();
    double loss = 0;
    int count = 0;
    try (Autograd.Guard off = Autograd.noGrad(); Autograd.Guard used = parts.average().inPlace()) {
      for (Map.Entry<String, List<Example>> group : validation.entrySet()) {
        double sum = 0;
        List<Example> some = group.getValue().subList(0,
            Math.min(batches, group.getValue().size()));
        for (Example example : some) {
          if (cancellation.isRequested()) {
            return new Validation(0, List.of());
          }
          try (TorchScope step = TorchScope.open("validation step")) {
            Tensor embedding = embedding(List.of(example));
            loss += objective.loss(embedding, List.of(example), -1).item();
            sum += objective.dice(embedding, example, group.getKey());
            count++;
          }
        }
        dice.add(sum / some.size());
      }
    }
    return new Validation(loss / Math.max(1, count), dice);
  }

  /** Saves the latest state; the weights to use are those at the end, which the trainer writes. */
  @Override
  public void save(SaveAs as, TrainingState state) {
    if (as == SaveAs.LATEST) {
      ResumeFile.write(saving.file(), saving.settings(), parts.toResume(), state);
    }
  }
}
