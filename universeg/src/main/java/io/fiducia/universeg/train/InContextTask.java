package io.fiducia.universeg.train;

import io.fiducia.base.Cancellation;
import io.fiducia.learn.train.AheadOfTime;
import io.fiducia.learn.train.ResumeFile;
import io.fiducia.learn.train.SegmentationLoss;
import io.fiducia.learn.train.TrainingState;
import io.fiducia.learn.train.TrainingTask;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Trains an in-context network: its step, its validation, its checkpoint. The loss is binary cross
 * entropy plus soft Dice. The caller closes what it is given.
 */
final class InContextTask implements TrainingTask {
  private final InContextParts parts;
  private final AheadOfTime<EpisodeBatch> batches;
  private final ValidationGroups validation;
  private final Path folder;
  private final Map<String, String> settings;
  private final SegmentationLoss loss = SegmentationLoss.forRegions(false, false, List.of(1.0));

  InContextTask(InContextParts parts, AheadOfTime<EpisodeBatch> batches,
      ValidationGroups validation, Path folder, Map<String, String> settings) {
    this.parts = parts;
    this.batches = batches;
    this.validation = validation;
    this.folder = folder;
    this.settings = settings;
  }

  @Override
  public double step(TrainingState at, double learningRate) {
    EpisodeBatch batch = batches.next();
    try (TorchScope step = TorchScope.open("step")) {
      parts.descent().zeroGrad();
      Tensor logits = parts.descent().forward(() -> OverlapMeter.logits(parts.network(), batch));
      Tensor total = loss(logits, batch);
      double value = total.item();
      if (parts.descent().update(total, learningRate)) {
        parts.average().update(at.steps());
      }
      return value;
    }
  }

  private Tensor loss(Tensor logits, EpisodeBatch batch) {
    return loss.compute(List.of(logits), List.of(OverlapMeter.truth(parts.network(), batch)));
  }

  /** Validates each group on as many episodes as there are batches. */
  @Override
  public Validation validate(int episodes, Cancellation cancellation) {
    List<Double> dice = new ArrayList<>();
    double sum = 0;
    int count = 0;
    try (Autograd.Guard off = Autograd.noGrad(); Autograd.Guard used = parts.average().inPlace()) {
      for (int g = 0; g < validation.names().size() && !cancellation.isRequested(); g++) {
        List<Double> ofGroup = new ArrayList<>();
        for (EpisodeBatch batch : validation.batches(g, episodes)) {
          try (TorchScope step = TorchScope.open("validation step")) {
            Tensor logits = OverlapMeter.logits(parts.network(), batch);
            sum += loss(logits, batch).item();
            count++;
            ofGroup.addAll(OverlapMeter.dice(logits.toFloats(), batch));
          }
        }
        dice.add(ofGroup.stream().mapToDouble(d -> d).average().orElse(Double.NaN));
      }
    }
    return new Validation(count == 0 ? 0 : sum / count, dice);
  }

  /** Saves the latest state; the weights to use are those at the end, which the trainer writes. */
  @Override
  public void save(SaveAs as, TrainingState state) {
    if (as == SaveAs.LATEST) {
      ResumeFile.write(folder.resolve(ResumeFile.NAME), settings, parts.toResume(),
          state);
    }
  }
}
