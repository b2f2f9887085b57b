package io.fiducia.nnunet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.learn.train.SegmentationLoss;
import io.fiducia.nnunet.network.NetworkFixture;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.torch.NamedTensor;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchRuntime;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.optim.AdamW;
import io.fiducia.torch.optim.Gradients;
import io.fiducia.torch.optim.Optimizer;
import io.fiducia.torch.optim.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/**
 * Whole steps against torch 2.10 with nnU-Net 2.8.1's loss on {@link NetworkFixture}'s networks:
 * weights 2/3 and 1/3 of two outputs, batch Dice, gradients clipped at 0.5.
 */
class TrainingStepTest {
  private static double step(UNet net, Optimizer optimizer, double rate, List<Double> norms) {
    try (TorchScope scope = TorchScope.open("step")) {
      Tensor target = NetworkFixture.target(3, 2, 1, 4, 16, 16);
      Tensor half = target.slice(3, 0, 16, 2).slice(4, 0, 16, 2);
      optimizer.zeroGrad();
      Tensor loss = SegmentationLoss.forLabels(true, OptionalInt.empty(), List.of(2 / 3.0, 1 / 3.0))
          .compute(net.forward(NetworkFixture.input(2, 2, 4, 16, 16), true), List.of(target, half));
      loss.backward();
      norms.add(Gradients.clipNorm(tensors(net), 0.5));
      optimizer.step(rate);
      return loss.item();
    }
  }

  private static List<Tensor> tensors(UNet net) {
    return net.parameters().stream().map(NamedTensor::tensor).toList();
  }

  private static void fiveSteps(
      UNet net,
      Optimizer optimizer,
      double rate,
      double[] losses,
      double[] norms,
      double magnitude) {
    List<Double> found = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      assertThat(step(net, optimizer, rate, found)).isCloseTo(losses[i], within(2e-5));
      assertThat(found.get(i)).isCloseTo(norms[i], within(1e-4 * norms[i]));
    }
    double sum = 0;
    // Only weights of convolutions: a bias before a normalisation has no gradient but rounding noise,
    // which Adam blows up to the size of the learning rate.
    for (Tensor p : tensors(net).stream().filter(t -> t.dimensions() > 1).toList()) {
      for (float v : p.toFloats()) {
        sum += Math.abs(v);
      }
    }
    assertThat(sum).isCloseTo(magnitude, within(1e-3));
  }

  @Test
  void sgdIsTorchs() {
    try (UNet net = NetworkFixture.network(3, false);
        Optimizer sgd = new Sgd(tensors(net), 0.99, true, 3e-5);
        TorchScope scope = TorchScope.open("test")) {
      fiveSteps(net, sgd, 1e-2,
          new double[]{1.1369656324386597, 1.120795488357544, 1.1005613803863525,
            1.0813027620315552, 1.060557246208191},
          new double[]{1.6190165281295776, 1.7009690999984741, 1.5883495807647705,
            1.5012162923812866, 1.288751244544983},
          1369.8968386456118);
    }
  }

  @Test
  void adamWIsTorchs() {
    try (UNet net = NetworkFixture.network(3, true);
        Optimizer adamW = new AdamW(tensors(net), 5e-2);
        TorchScope scope = TorchScope.open("test")) {
      fiveSteps(net, adamW, 1e-3,
          new double[]{0.9540619850158691, 0.9196837544441223, 0.8918173313140869,
            0.8708590269088745, 0.8476289510726929},
          new double[]{0.5326709747314453, 0.5111872553825378, 0.5236942768096924,
            0.5598591566085815, 0.5341477394104004},
          2102.758624945687);
    }
  }

  /** Resuming from a stored state goes on exactly as if there had been no break. */
  @Test
  void statesResume() {
    for (boolean adam : new boolean[]{false, true}) {
      try (UNet net = NetworkFixture.network(3, false);
          UNet other = NetworkFixture.network(3, false);
          Optimizer first = optimizer(net, adam);
          Optimizer second = optimizer(other, adam);
          TorchScope scope = TorchScope.open("test")) {
        step(net, first, 1e-3, new ArrayList<>());
        step(net, first, 1e-3, new ArrayList<>());
        other.load(io.fiducia.torch.nn.StoredTensors.toStored(net.state()));
        Map<Object, Object> state = first.stateForCheckpoint();
        assertThat(((Map<?, ?>) state.get("state")).size()).isEqualTo(48);
        second.load(state);
        step(net, first, 1e-3, new ArrayList<>());
        step(other, second, 1e-3, new ArrayList<>());
        for (int i = 0; i < 48; i++) {
          assertThat(tensors(other).get(i).toFloats()).isEqualTo(tensors(net).get(i).toFloats());
        }
      }
    }
  }

  private static Optimizer optimizer(UNet net, boolean adam) {
    return adam ? new AdamW(tensors(net), 5e-2) : new Sgd(tensors(net), 0.99, true, 3e-5);
  }

  @Test
  void fiftyStepsLeakNothing() {
    try (UNet net = NetworkFixture.network(3, false);
        Optimizer sgd = new Sgd(tensors(net), 0.99, true, 3e-5)) {
      long objects = 0;
      long bytes = 0;
      for (int i = 0; i < 55; i++) {
        step(net, sgd, 1e-4, new ArrayList<>());
        if (i == 4) {
          objects = TorchRuntime.nativeObjects();
          bytes = TorchRuntime.physicalBytes();
        }
      }
      assertThat(TorchRuntime.nativeObjects()).isEqualTo(objects);
      // The Java heap may still grow a little; fifty leaked steps would be several hundred MB.
      assertThat(TorchRuntime.physicalBytes() - bytes).isLessThan(96L << 20);
    }
  }
}
