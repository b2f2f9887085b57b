package io.fiducia.nnunet.train;

import io.fiducia.base.Cancellation;
import io.fiducia.learn.augment.Batch;
import io.fiducia.learn.augment.BatchLoader;
import io.fiducia.learn.train.SegmentationLoss;
import io.fiducia.learn.train.TrainingState;
import io.fiducia.learn.train.TrainingTask;
import io.fiducia.nnunet.plan.Architecture;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import java.util.List;

/** nnU-Net's training: its step, its validation, its checkpoints. The caller closes what it is given. */
final class UNetTask implements TrainingTask {
  private final TrainingJob job;
  private final TrainingSettings settings;
  private final TrainingParts parts;
  private final BatchLoader training;
  private final BatchLoader validation;
  private final Architecture architecture;
  private final int[] patch;
  private final SegmentationLoss loss;
  private final Device device;

  UNetTask(TrainingJob job, TrainingSettings settings, TrainingParts parts, BatchLoader training,
      BatchLoader validation) {
    Configuration configuration = job.network().configuration();
    this.job = job;
    this.settings = settings;
    this.parts = parts;
    this.training = training;
    this.validation = validation;
    this.architecture = configuration.architecture();
    this.patch = configuration.patchSize().stream().mapToInt(Integer::intValue).toArray();
    this.loss = TrainingTensors.loss(job.network().labels(), configuration.batchDice(),
        architecture);
    this.device = parts.network().device();
  }

  @Override
  public double step(TrainingState at, double learningRate) {
    Batch batch = training.next();
    try (TorchScope step = TorchScope.open("step")) {
      parts.descent().zeroGrad();
      List<Tensor> logits = forward(batch);
      Tensor total = loss(logits, batch);
      double value = total.item();
      if (parts.descent().update(total, learningRate)) {
        parts.average().update(at.steps());
      }
      return value;
    }
  }

  /** Logits at each resolution, full resolution first. */
  private List<Tensor> forward(Batch batch) {
    Tensor x = TrainingTensors.input(batch, patch, device);
    return parts.descent().forward(() -> parts.network().forward(x, true));
  }

  private Tensor loss(List<Tensor> logits, Batch batch) {
    List<Tensor> targets = TrainingTensors.targets(batch.seg(), batch.batch(), patch, architecture,
        job.network().labels(), device);
    return loss.compute(logits, targets,
        TrainingTensors.annotated(batch, job.network().labels(), device));
  }

  @Override
  public Validation validate(int batches, Cancellation cancellation) {
    PseudoDice dice = new PseudoDice(job.network().labels());
    double sum = 0;
    try (Autograd.Guard off = Autograd.noGrad(); Autograd.Guard used = parts.average().inPlace()) {
      for (int i = 0; i < batches && !cancellation.isRequested(); i++) {
        Batch batch = validation.next();
        try (TorchScope step = TorchScope.open("validation step")) {
          List<Tensor> logits = forward(batch);
          sum += loss(logits, batch).item();
          dice.add(logits.get(0).to(DType.FLOAT32), batch);
        }
      }
    }
    return new Validation(sum / batches, dice.perStructure());
  }

  @Override
  public void save(SaveAs as, TrainingState state) {
    if (as == SaveAs.LATEST) {
      TrainingCheckpoint.write(job, settings, parts, as, state);
      return;
    }
    try (Autograd.Guard used = parts.average().inPlace()) {
      TrainingCheckpoint.write(job, settings, parts, as, state);
    }
  }
}
