package io.fiducia.universeg.train;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.universeg.network.InContextNetwork;
import java.util.ArrayList;
import java.util.List;

/** Measures the Dice of a network's answers, pixels with a probability above one half being inside. */
final class OverlapMeter {
  private final InContextNetwork network;

  OverlapMeter(InContextNetwork network) {
    this.network = network;
  }

  /** Logits (episodes, 1, y, x) of a batch; the result belongs to the innermost scope. */
  static Tensor logits(InContextNetwork network, EpisodeBatch batch) {
    Device device = network.device();
    long p = batch.pixels();
    Tensor targets = Tensor.of(batch.targets(), device, batch.episodes(), 1, p, p);
    Tensor examples = Tensor.of(batch.examples(), device,
        (long) batch.episodes() * batch.support(), 2, p, p);
    return network.forward(targets, network.support(examples));
  }

  /** The right answers (episodes, 1, y, x). */
  static Tensor truth(InContextNetwork network, EpisodeBatch batch) {
    long p = batch.pixels();
    return Tensor.of(batch.truth(), network.device(), batch.episodes(), 1, p, p);
  }

  /** The Dice of each episode; of an episode whose right answer is empty, 1 for an empty answer, else 0. */
  List<Double> dice(EpisodeBatch batch) {
    try (TorchScope scope = TorchScope.open("episodes"); Autograd.Guard off = Autograd.noGrad()) {
      return dice(logits(network, batch).toFloats(), batch);
    }
  }

  /** The same of logits that are there already. */
  static List<Double> dice(float[] logits, EpisodeBatch batch) {
    int plane = batch.pixels() * batch.pixels();
    List<Double> out = new ArrayList<>();
    for (int e = 0; e < batch.episodes(); e++) {
      long both = 0;
      long sum = 0;
      for (int i = e * plane; i < (e + 1) * plane; i++) {
        boolean found = logits[i] > 0;
        boolean there = batch.truth()[i] > 0.5f;
        both += found && there ? 1 : 0;
        sum += (found ? 1 : 0) + (there ? 1 : 0);
      }
      out.add(sum == 0 ? 1.0 : 2.0 * both / sum);
    }
    return out;
  }
}
