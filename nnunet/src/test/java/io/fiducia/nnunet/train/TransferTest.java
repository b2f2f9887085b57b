package io.fiducia.nnunet.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.TransferRecipe;
import io.fiducia.learn.transfer.OutputMatch;
import io.fiducia.learn.transfer.TensorState;
import io.fiducia.learn.transfer.WeightReport;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.dataset.ModelOrigin;
import io.fiducia.nnunet.network.NetworkFixture;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.nnunet.plan.Architecture;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.StoredTensors;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TransferTest {
  private static final String HEAD = "decoder.seg_layers.1.weight";
  private static final String BODY = "encoder.stages.0.0.convs.0.conv.weight";

  private static Labels labels(String... names) {
    Map<String, List<Integer>> byName = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      byName.put(names[i], List.of(i));
    }
    return new Labels(byName, List.of(), OptionalInt.empty());
  }

  private static Transfer transfer(Map<String, StoredTensor> weights, TransferRecipe recipe) {
    return new Transfer(Path.of("source.pth"), new StartWeights(Path.of("source.pth"), weights,
        List.of("background", "Bladder", "Bowel").stream().map(OutputMatch.Output::of).toList(),
        Optional.empty(), Optional.empty()), recipe);
  }

  private static TensorState state(WeightReport report, String name) {
    return report.tensors().stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow()
        .state();
  }

  private static float[] values(UNet net, String name) {
    return net.state().get(name).toFloats();
  }

  private static float[] row(float[] head, int row, int rows) {
    int n = head.length / rows;
    return java.util.Arrays.copyOfRange(head, row * n, (row + 1) * n);
  }

  /** The target has structures in another order, one of them new, and so one output more. */
  @Test
  void headsOfStructuresOfTheSameNameComeAlong() {
    try (UNet source = NetworkFixture.network(3, false);
        UNet target = UNet.create(source.architecture(), 2, 4, Device.CPU, 5)) {
      float[] fresh = values(target, HEAD);
      WeightReport report = transfer(StoredTensors.toStored(source.state()), TransferRecipe.FULL)
          .initialise(target, labels("background", "Bowel", "Rectum", "Bladder"), true);
      assertThat(state(report, HEAD)).isEqualTo(TensorState.ADAPTED);
      assertThat(values(target, BODY)).isEqualTo(values(source, BODY));
      float[] before = values(source, HEAD);
      float[] after = values(target, HEAD);
      assertThat(row(after, 0, 4)).isEqualTo(row(before, 0, 3));
      assertThat(row(after, 1, 4)).isEqualTo(row(before, 2, 3));
      assertThat(row(after, 2, 4)).isEqualTo(row(fresh, 2, 4));
      assertThat(row(after, 3, 4)).isEqualTo(row(before, 1, 3));
    }
  }

  /** As upstream, whatever the heads are: they start anew even where their shape would fit. */
  @Test
  void pretrainedWeightsHaveFreshHeads() {
    try (UNet source = NetworkFixture.network(3, false);
        UNet target = UNet.create(source.architecture(), 2, 3, Device.CPU, 5)) {
      float[] fresh = values(target, HEAD);
      Map<String, StoredTensor> weights = StoredTensors.toStored(source.state());
      // Heads of the source, of whatever shape, are not even looked at.
      weights.keySet().removeIf(n -> n.contains(".seg_layers."));
      weights.put("something.else", StoredTensor.ofFloats(new float[]{1}, 1));
      WeightReport report = transfer(weights, TransferRecipe.PRETRAINED)
          .initialise(target, labels("background", "Bladder", "Bowel"), true);
      assertThat(state(report, HEAD)).isEqualTo(TensorState.FRESH);
      assertThat(values(target, HEAD)).isEqualTo(fresh);
      assertThat(values(target, BODY)).isEqualTo(values(source, BODY));
    }
  }

  @Test
  void whatDoesNotFitIsNamed() {
    try (UNet source = NetworkFixture.network(3, false);
        UNet channels = UNet.create(source.architecture(), 1, 3, Device.CPU, 5)) {
      Map<String, StoredTensor> weights = StoredTensors.toStored(source.state());
      assertThatThrownBy(() -> transfer(weights, TransferRecipe.PRETRAINED)
          .initialise(channels, labels("background", "a", "b"), true))
          .isInstanceOfSatisfying(FiduciaException.class, e -> {
            assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
            assertThat(e.where()).contains("source.pth");
            assertThat(e.why()).contains(BODY).contains("expected [4, 1, 1, 3, 3]")
                .contains("found [4, 2, 1, 3, 3]");
          });
      Architecture a = source.architecture();
      Map<String, StoredTensor> fewer = new LinkedHashMap<>(weights);
      fewer.keySet().removeIf(n -> n.contains("transpconvs.0."));
      try (UNet target = UNet.create(a, 2, 3, Device.CPU, 5)) {
        assertThatThrownBy(() -> transfer(fewer, TransferRecipe.PRETRAINED)
            .initialise(target, labels("background", "a", "b"), true))
            .isInstanceOfSatisfying(FiduciaException.class,
                e -> assertThat(e.why()).contains("decoder.transpconvs.0.weight"));
      }
    }
  }

  /** The network's body is that of the source; only its stage 1 differs. */
  @Test
  void aSourceOfAnotherTopologyIsRefusedByStage() {
    try (UNet source = NetworkFixture.network(3, false)) {
      Architecture a = source.architecture();
      Architecture wider = new Architecture(a.networkClassName(), List.of(4, 10, 12),
          a.kernelSizes(), a.strides(), a.blocksPerStage(), a.convsPerStageDecoder(), true);
      Map<String, StoredTensor> weights = StoredTensors.toStored(source.state());
      try (UNet target = UNet.create(wider, 2, 3, Device.CPU, 5)) {
        float[] fresh = values(target, BODY);
        assertThatThrownBy(() -> transfer(weights, TransferRecipe.FULL)
            .initialise(target, labels("background", "Bladder", "b"), true))
            .isInstanceOfSatisfying(FiduciaException.class, e -> {
              assertThat(e.why()).startsWith("encoder stage 1 differs: "
                  + "encoder.stages.1.0.convs.0.conv.weight expected [10, 4, 3, 3, 3]"
                  + " found [8, 4, 3, 3, 3]").contains("encoder stage 2", "decoder stage 0");
              assertThat(e.advice()).contains("plan --like");
            });
        assertThat(values(target, BODY)).as("nothing is written").isEqualTo(fresh);
      }
      try (UNet residual = NetworkFixture.network(3, true)) {
        assertThatThrownBy(() -> transfer(weights, TransferRecipe.FULL)
            .initialise(residual, labels("background", "Bladder", "b"), true))
            .isInstanceOfSatisfying(FiduciaException.class, e -> assertThat(e.why()).startsWith(
                "encoder stem differs: encoder.stem.convs.0.conv.weight expected [4, 2, 1, 3, 3],"
                    + " missing in the source"));
      }
    }
  }

  /** An image that is the same in all channels is seen as the source saw it in its two. */
  @Test
  void otherImageChannelsKeepTheResponseToEqualChannels() {
    for (int channels : new int[]{1, 3}) {
      for (boolean residual : new boolean[]{false, true}) {
        try (UNet source = NetworkFixture.network(3, residual);
            UNet target = UNet.create(source.architecture(), channels, 3, Device.CPU, 5);
            TorchScope scope = TorchScope.open("test")) {
          WeightReport report = transfer(StoredTensors.toStored(source.state()),
              TransferRecipe.FULL)
              .initialise(target, labels("background", "Bladder", "Bowel"), true);
          assertThat(report.tensors()).filteredOn(t -> t.state() != TensorState.TAKEN)
              .extracting(WeightReport.Mapped::name)
              .containsExactly(target.parameters().getFirst().name());
          Tensor image = NetworkFixture.input(1, 1, 2, 8, 8);
          float[] before = source.forward(Tensor.cat(List.of(image, image), 1), false).get(0)
              .toFloats();
          float[] after = target
              .forward(Tensor.cat(java.util.Collections.nCopies(channels, image), 1), false).get(0)
              .toFloats();
          for (int i = 0; i < before.length; i++) {
            assertThat(after[i]).isCloseTo(before[i], within(1e-4f));
          }
        }
      }
    }
  }

  @Test
  void channelsOfACascadeMustBeTheSource() {
    try (UNet source = NetworkFixture.network(3, false);
        UNet target = UNet.create(source.architecture(), 3, 3, Device.CPU, 5)) {
      assertThatThrownBy(() -> transfer(StoredTensors.toStored(source.state()),
          TransferRecipe.FULL).initialise(target, labels("background", "a", "b"), false))
          .isInstanceOfSatisfying(FiduciaException.class,
              e -> assertThat(e.why()).startsWith("encoder stage 0 differs: " + BODY));
    }
  }

  /** Of a public model, which says what it is, a structure is found in other spellings. */
  @Test
  void headsOfPublicModelsAreFoundByOtherSpellings() {
    List<OutputMatch.Output> outputs = List.of(OutputMatch.Output.of("background"),
        OutputMatch.Output.of("urinary_bladder"), OutputMatch.Output.of("femur_left"));
    List<String> clinic = List.of("background", "Femur_L", "Bladder", "Rectum");
    StartWeights own = new StartWeights(Path.of("a"), Map.of(), outputs, Optional.empty(),
        Optional.empty());
    StartWeights known = new StartWeights(Path.of("a"), Map.of(), outputs, Optional.empty(),
        Optional.of(new ModelOrigin(Map.of(), List.of())));
    assertThat(OutputMatch.byName(clinic, own.outputsFor(clinic)).taken())
        .containsExactly("background");
    assertThat(OutputMatch.byName(clinic, known.outputsFor(clinic)).sourceRows())
        .containsExactly(Optional.of(0), Optional.of(2), Optional.of(1), Optional.empty());
  }

  @Test
  void headsOfAnotherNumberThanTheOutputsAreRefused() {
    try (UNet source = NetworkFixture.network(3, false);
        UNet target = UNet.create(source.architecture(), 2, 3, Device.CPU, 5)) {
      Map<String, StoredTensor> weights = StoredTensors.toStored(source.state());
      weights.replaceAll((name, t) -> name.endsWith("seg_layers.0.weight")
          ? StoredTensor.ofFloats(new float[5 * 8], 5, 8, 1, 1, 1)
          : t);
      assertThatThrownBy(() -> transfer(weights, TransferRecipe.FULL)
          .initialise(target, labels("background", "Bladder", "b"), true))
          .isInstanceOfSatisfying(FiduciaException.class, e -> {
            assertThat(e.why()).contains("decoder.seg_layers.0.weight", "found [5, 8, 1, 1, 1]");
            assertThat(e.advice()).contains("pretrained");
          });
    }
  }

  @Test
  void recipesFreezeWhatTheySay() {
    for (TransferRecipe recipe : TransferRecipe.named()) {
      try (UNet source = NetworkFixture.network(2, true);
          UNet target = UNet.create(source.architecture(), 2, 3, Device.CPU, 5)) {
        transfer(StoredTensors.toStored(source.state()), recipe)
            .initialise(target, labels("background", "a", "b"), true);
        target.parameters().forEach(p -> {
          boolean encoder = p.name().startsWith("encoder.");
          boolean head = p.name().contains(".seg_layers.");
          boolean learns = switch (recipe.name()) {
            case "pretrained", "full" -> true;
            case "decoder" -> !encoder;
            case "heads" -> head;
            default -> throw new AssertionError(recipe.name());
          };
          assertThat(p.tensor().requiresGrad()).as(recipe + " " + p.name()).isEqualTo(learns);
        });
      }
    }
  }

  /** Upstream registers the encoder a second time, as {@code decoder.encoder}. */
  @Test
  void aParameterBelongsToOnePartUnderAllItsNames() {
    for (boolean residual : new boolean[]{false, true}) {
      try (UNet net = NetworkFixture.network(2, residual)) {
        Map<Tensor, Set<TransferRecipe.Part>> parts = new IdentityHashMap<>();
        net.state().forEach((name, t) -> parts.computeIfAbsent(t, k -> new HashSet<>())
            .add(UNet.part(name)));
        assertThat(parts.values()).allSatisfy(p -> assertThat(p).hasSize(1));
        assertThat(parts.values().stream().flatMap(Set::stream))
            .contains(TransferRecipe.Part.values());
      }
    }
  }
}
