package io.fiducia.nnunet.train;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.train.SegmentationLoss;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.nnunet.plan.Architecture;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.optim.AdamW;
import java.util.List;

/** Measures how long one training step of a network takes on this machine. */
public final class StepTimer {
  private final Device device;
  private final int channels;
  private final Labels labels;

  /** A timer of networks with so many input channels and outputs for these labels. */
  public StepTimer(Device device, int channels, Labels labels) {
    this.device = device;
    this.channels = channels;
    this.labels = labels;
  }

  /**
   * Returns the seconds of one training step (forward, loss, backward, optimiser) on noise: the
   * fastest of three steps after a warm-up step. The content of a batch does not change the time.
   */
  public double seconds(Architecture architecture, int[] patch, int batch) {
    int voxels = batch;
    for (int p : patch) {
      voxels *= p;
    }
    SeededRandom random = SeededRandom.of(0, "step timer");
    float[] data = new float[voxels * channels];
    short[] seg = new short[voxels];
    for (int i = 0; i < voxels; i++) {
      data[i] = random.nextFloat() - 0.5f;
      seg[i] = (short) random.nextInt(labels.values().size());
    }
    try (UNet network = UNet.create(architecture, channels, labels.outputs(), device, 0);
        AdamW optimizer = new AdamW(network.parameters().stream().map(p -> p.tensor()).toList(),
            0.01)) {
      SegmentationLoss loss = TrainingTensors.loss(labels, true, architecture);
      double best = Double.POSITIVE_INFINITY;
      for (int i = 0; i < 4; i++) {
        long start = System.nanoTime();
        try (TorchScope step = TorchScope.open("timed step")) {
          optimizer.zeroGrad();
          Tensor x = Tensor.of(data, device, TrainingTensors.shape(batch, channels, patch));
          List<Tensor> targets = TrainingTensors.targets(seg, batch, patch, architecture, labels,
              device);
          Tensor total = loss.compute(network.forward(x, true), targets);
          total.backward();
          optimizer.step(0);
          // Reading the loss waits for the device, which computes asynchronously.
          total.item();
        }
        if (i > 0) {
          best = Math.min(best, (System.nanoTime() - start) / 1e9);
        }
      }
      return best;
    }
  }
}
