package io.fiducia.nnunet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.learn.train.SegmentationLoss;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.network.NetworkFixture;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.torch.Device;
import io.fiducia.torch.NamedTensor;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.optim.Gradients;
import io.fiducia.torch.optim.Sgd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Five steps of nnU-Net's optimiser from the same weights and batches: plain and residual, 2D and 3D,
 * labels and regions, with and without an ignore label, Dice over the batch or each sample. The
 * losses are nnU-Net 2.8.1's on torch 2.10 ({@code src/test/peer/five_steps.py}).
 */
class FiveStepsTest {
  static Stream<String> lines() throws IOException {
    try (var in = FiveStepsTest.class.getResourceAsStream("five_steps.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("lines")
  void lossesAreUpstreams(String line) {
    String[] words = line.split(" ");
    int dimensions = Integer.parseInt(words[0]);
    Labels labels = labels(words[2]);
    boolean ignore = labels.ignore().isPresent();
    int values = labels.values().size() + (ignore ? 1 : 0);
    int[] patch = dimensions == 3 ? new int[]{4, 16, 16} : new int[]{16, 16};
    try (UNet net = NetworkFixture.network(dimensions, words[1].equals("residual"));
        TorchScope scope = TorchScope.open("test")) {
      List<Tensor> parameters = net.parameters().stream().map(NamedTensor::tensor).toList();
      List<Double> weights = List.of(2 / 3.0, 1 / 3.0);
      boolean batchDice = words[3].equals("batch");
      SegmentationLoss loss = labels.hasRegions()
          ? SegmentationLoss.forRegions(batchDice, ignore, weights)
          : SegmentationLoss.forLabels(batchDice, labels.ignore(), weights);
      short[] seg = NetworkFixture.target(values, 2, 1, dimensions == 3 ? 4 : 1, 16, 16).toShorts();
      Tensor x = NetworkFixture.input(TrainingTensors.shape(2, 2, patch));
      try (Sgd sgd = new Sgd(parameters, 0.99, true, 3e-5)) {
        for (int i = 0; i < 5; i++) {
          try (TorchScope step = TorchScope.open("step")) {
            sgd.zeroGrad();
            Tensor total = loss.compute(net.forward(x, true), TrainingTensors.targets(seg, 2, patch,
                net.architecture(), labels, Device.CPU));
            total.backward();
            Gradients.clipNorm(parameters, 12);
            sgd.step(1e-2);
            double expected = Double.parseDouble(words[4 + i]);
            assertThat(total.item()).as("step %d of %s", i, line)
                .isCloseTo(expected, within(1e-4 * expected));
          }
        }
      }
    }
  }

  private static Labels labels(String kind) {
    Map<String, List<Integer>> names = new LinkedHashMap<>();
    names.put("background", List.of(0));
    boolean regions = kind.startsWith("regions");
    for (int c = 1; c < (regions ? 4 : 3); c++) {
      List<Integer> values = new ArrayList<>();
      for (int v = c; v <= (regions ? 3 : c); v++) {
        values.add(v);
      }
      names.put("structure " + c, values);
    }
    boolean ignore = kind.endsWith("ignore");
    int highest = regions ? 4 : 3;
    if (ignore) {
      names.put("ignore", List.of(highest));
    }
    return new Labels(names, regions ? List.of(1, 2, 3) : List.of(),
        ignore ? OptionalInt.of(highest) : OptionalInt.empty());
  }
}
