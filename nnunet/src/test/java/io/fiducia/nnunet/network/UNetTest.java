package io.fiducia.nnunet.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.plan.Architecture;
import io.fiducia.torch.Autocast;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.NamedTensor;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchRuntime;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.LoadReport;
import io.fiducia.torch.nn.StoredTensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Names against upstream's (oracle file), numbers against upstream run on the formula's weights. */
class UNetTest {
  /** What upstream gave for one output: sum, sum of magnitudes, Σ yᵢ cos(i/10), y₀, y₁₀₁, y₃₇₇. */
  private static void check(Tensor y, double... expected) {
    float[] v = y.toFloats();
    double sum = 0;
    double magnitude = 0;
    double wave = 0;
    for (int i = 0; i < v.length; i++) {
      sum += v[i];
      magnitude += Math.abs(v[i]);
      wave += v[i] * Math.cos(i * 0.1);
    }
    double tolerance = 1e-5 * expected[1];
    assertThat(sum).isCloseTo(expected[0], within(tolerance));
    assertThat(magnitude).isCloseTo(expected[1], within(tolerance));
    assertThat(wave).isCloseTo(expected[2], within(tolerance));
    assertThat(v[0]).isCloseTo((float) expected[3], within(1e-4f));
    assertThat(v[101]).isCloseTo((float) expected[4], within(1e-4f));
    assertThat(v[377]).isCloseTo((float) expected[5], within(1e-4f));
  }

  private static void forward(
      int dimensions,
      boolean residual,
      double[] full,
      double[] half,
      long... shape) {
    try (UNet net = NetworkFixture.network(dimensions, residual);
        TorchScope scope = TorchScope.open("test");
        Autograd.Guard none = Autograd.noGrad()) {
      Tensor x = NetworkFixture.input(shape);
      List<Tensor> logits = net.forward(x, true);
      check(logits.get(0), full);
      check(logits.get(1), half);
      List<Tensor> alone = net.forward(x, false);
      assertThat(alone).hasSize(1);
      assertThat(alone.get(0).toFloats()).isEqualTo(logits.get(0).toFloats());
      Tensor features = net.features(x);
      assertThat(features.size(1)).isEqualTo(net.featureCount());
      assertThat(net.readout(features).toFloats()).isEqualTo(logits.get(0).toFloats());
    }
  }

  @Test
  void plain3dComputesWhatUpstreamDoes() {
    forward(3, false,
        new double[]{261.88518085703254, 4658.534508790821, -55.75002287815635,
          -0.01257985457777977, -0.0509164072573185, -1.085142731666565},
        new double[]{-128.89522666996345, 799.0623564370908, 16.671392630352464,
          0.2544763386249542, 1.1711859703063965, -0.10970941185951233},
        2, 2, 4, 16, 16);
  }

  @Test
  void residual3dComputesWhatUpstreamDoes() {
    forward(3, true,
        new double[]{-26.342959887348115, 3225.0676027135924, -29.789230188576838,
          -0.7632467150688171, -0.11888844519853592, 0.1728760004043579},
        new double[]{107.58321983553469, 587.7283860314637, 9.74566772384911,
          0.009000211954116821, -1.2284972667694092, 0.3962334394454956},
        2, 2, 4, 16, 16);
  }

  @Test
  void plain2dComputesWhatUpstreamDoes() {
    forward(2, false,
        new double[]{106.42935873568058, 1878.081390812993, -70.24863282023398,
          -1.1364707946777344, 0.9101244211196899, -0.958440899848938},
        new double[]{-46.95398932043463, 326.61104998458177, -5.711525705181891,
          0.2073255479335785, -0.6728036403656006, -0.2436540126800537},
        2, 2, 16, 24);
  }

  @Test
  void residual2dComputesWhatUpstreamDoes() {
    forward(2, true,
        new double[]{-7.757426095660776, 1405.2835720083676, -10.0700024659226,
          -0.2976301610469818, 0.004323592409491539, 0.2697311043739319},
        new double[]{38.62124898005277, 462.5130018526688, -3.955120909905828,
          0.24010148644447327, 1.4307337999343872, -1.0340428352355957},
        2, 2, 16, 24);
  }

  /** One image alone takes another kernel on the CPU than two together. */
  @Test
  void oneImageComputesWhatItDoesInABatch() {
    try (UNet net = NetworkFixture.network(3, true);
        TorchScope scope = TorchScope.open("test");
        Autograd.Guard none = Autograd.noGrad()) {
      Tensor x = NetworkFixture.input(2, 2, 4, 16, 16);
      float[] both = net.forward(x, false).get(0).narrow(0, 1, 1).toFloats();
      float[] alone = net.forward(x.narrow(0, 1, 1), false).get(0).toFloats();
      try (Autograd.Guard grad = Autograd.withGrad()) {
        float[] training = net.forward(x.narrow(0, 1, 1), false).get(0).toFloats();
        for (int i = 0; i < both.length; i++) {
          assertThat(alone[i]).isCloseTo(both[i], within(1e-4f));
          assertThat(training[i]).isCloseTo(both[i], within(1e-4f));
        }
      }
    }
  }

  @Test
  void halfPrecisionStaysNearFloat32() {
    try (UNet net = NetworkFixture.network(3, false);
        TorchScope scope = TorchScope.open("test");
        Autograd.Guard none = Autograd.noGrad()) {
      Tensor x = NetworkFixture.input(2, 2, 4, 16, 16);
      Tensor exact = net.forward(x, false).get(0);
      Tensor half;
      try (Autograd.Guard cast = Autocast.enable(Device.CPU, DType.BFLOAT16)) {
        half = net.forward(x, false).get(0);
      }
      assertThat(half.dtype()).isEqualTo(DType.BFLOAT16);
      assertThat(net.forward(x, false).get(0).toFloats()).isEqualTo(exact.toFloats());
      double difference = half.to(DType.FLOAT32).sub(exact).mul(half.sub(exact)).mean().sqrt()
          .item();
      // bfloat16 keeps 8 bits, and a dozen layers add their errors.
      assertThat(difference).isBetween(1e-6, 0.1);
    }
  }

  private static Architecture six(boolean residual) {
    List<Integer> ones = List.of(1, 1, 1);
    List<Integer> twos = List.of(2, 2, 2);
    return new Architecture(residual ? "a.ResidualEncoderUNet" : "a.PlainConvUNet",
        List.of(32, 64, 128, 256, 320, 320), Collections.nCopies(6, List.of(3, 3, 3)),
        List.of(ones, twos, twos, twos, twos, twos),
        residual ? List.of(1, 3, 4, 6, 6, 6) : List.of(2, 2, 2, 2, 2, 2),
        residual ? List.of(1, 1, 1, 1, 1) : List.of(2, 2, 2, 2, 2), true);
  }

  @Test
  void countsOfTheStandardPlainNetwork() {
    try (UNet net = UNet.create(six(false), 1, 25, Device.CPU, 0)) {
      assertThat(net.state()).hasSize(292);
      assertThat(net.parameters()).hasSize(108);
      assertThat(net.parameterCount()).isEqualTo(31214109);
    }
  }

  @Test
  void namesAreUpstreams() throws Exception {
    // named_parameters() of both networks in dynamic_network_architectures 0.4.
    JsonNode expected = new ObjectMapper()
        .readTree(UNetTest.class.getResource("parameter_names.json").openStream());
    for (boolean residual : new boolean[]{false, true}) {
      List<String> names = new ArrayList<>();
      expected.get(residual ? "resenc" : "plain").forEach(n -> names.add(n.asString()));
      try (UNet net = NetworkFixture.network(3, residual)) {
        List<String> ours = net.parameters().stream().map(NamedTensor::name).toList();
        // The fixture's last stage changes its width, so it has one projection more.
        assertThat(ours.stream().filter(n -> names.contains(n)).toList()).isEqualTo(names);
        assertThat(net.state()).hasSize(residual ? 224 : 136);
        assertThat(net.state()).containsKeys("decoder.encoder.stages."
            + (residual
                ? "1.blocks.0.skip.1.all_modules.0.weight"
                : "0.0.convs.0.all_modules.1.bias"));
      }
    }
  }

  @Test
  void oneSeedGivesOneNetworkOfKaimingsSpread() {
    try (UNet a = UNet.create(six(false), 1, 3, Device.CPU, 7);
        UNet b = NetworkFixture.network(3, true);
        TorchScope scope = TorchScope.open("test");
        Autograd.Guard none = Autograd.noGrad()) {
      Tensor w = a.state().get("encoder.stages.3.0.convs.1.conv.weight");
      float[] values = w.toFloats();
      double square = 0;
      for (float v : values) {
        square += v * v;
      }
      assertThat(Math.sqrt(square / values.length))
          .isCloseTo(Math.sqrt(2 / 1.0001 / (256 * 27)), within(2e-5));
      try (UNet fresh = UNet.create(b.architecture(), 2, 3, Device.CPU, 7);
          UNet same = UNet.create(b.architecture(), 2, 3, Device.CPU, 7)) {
        assertThat(fresh.state().get("decoder.seg_layers.0.weight").toFloats())
            .isEqualTo(same.state().get("decoder.seg_layers.0.weight").toFloats());
        assertThat(fresh.state().get("encoder.stages.0.blocks.0.conv2.norm.weight").toFloats())
            .containsOnly(0);
        assertThat(fresh.state().get("encoder.stages.0.blocks.0.conv1.norm.weight").toFloats())
            .containsOnly(1);
      }
    }
  }

  @Test
  void loadingReportsWhatDoesNotFit() {
    try (UNet net = NetworkFixture.network(3, false); TorchScope scope = TorchScope.open("test")) {
      Map<String, StoredTensor> weights = new LinkedHashMap<>();
      StoredTensors.toStored(net.state()).forEach((n, t) -> weights.put("module." + n, t));
      assertThat(net.load(weights).complete()).isTrue();
      weights.keySet().removeIf(n -> n.contains("all_modules") || n.contains("decoder.encoder"));
      assertThat(net.load(weights).complete()).isTrue();
      weights.put("module.decoder.seg_layers.1.weight", StoredTensor.ofFloats(new float[4], 1, 4));
      weights.put("stranger", StoredTensor.ofFloats(new float[1], 1));
      LoadReport report = net.load(weights);
      assertThat(report.extra()).containsExactly("stranger");
      assertThat(report.mismatched()).hasSize(1);
      assertThat(report.loaded()).hasSize(47);
      assertThatThrownBy(() -> report.requireComplete("file.pth", ""))
          .isInstanceOf(FiduciaException.class).hasMessageContaining("file.pth")
          .hasMessageContaining(
              "decoder.seg_layers.1.weight expected [3, 4, 1, 1, 1] found [1, 4]");
      weights.remove("module.encoder.stages.0.0.convs.0.conv.bias");
      LoadReport worse = net.load(weights);
      assertThat(worse.missing()).containsExactly("encoder.stages.0.0.convs.0.conv.bias");
      assertThatThrownBy(() -> worse.requireComplete("file", "")).hasMessageContaining("1 missing");
    }
  }

  @Test
  void refusesImagesThatDoNotFit() {
    try (UNet net = NetworkFixture.network(3, false); TorchScope scope = TorchScope.open("test")) {
      assertThat(net.divisors()).containsExactly(2, 4, 4);
      assertThatThrownBy(() -> net.forward(Tensor.zeros(Device.CPU, 1, 2, 4, 18, 16), false))
          .isInstanceOf(FiduciaException.class).hasMessageContaining("divisible by [2, 4, 4]");
      assertThatThrownBy(() -> net.forward(Tensor.zeros(Device.CPU, 1, 1, 4, 16, 16), false))
          .hasMessageContaining("expected (batch, 2,");
    }
  }

  @Test
  void closingFreesEverything() {
    long before = 0;
    for (int i = 0; i < 3; i++) {
      try (UNet net = NetworkFixture.network(3, true);
          TorchScope scope = TorchScope.open("test");
          Autograd.Guard none = Autograd.noGrad()) {
        net.forward(NetworkFixture.input(1, 2, 4, 16, 16), true);
      }
      before = i == 0 ? TorchRuntime.nativeObjects() : before;
    }
    assertThat(TorchRuntime.nativeObjects()).isEqualTo(before);
  }
}
