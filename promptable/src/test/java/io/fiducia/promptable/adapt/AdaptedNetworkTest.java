package io.fiducia.promptable.adapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.promptable.adapt.AdaptedNetwork.Choice;
import io.fiducia.promptable.adapt.layer.LowRank;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.promptable.sam.network.VitShape;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.torch.Device;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class AdaptedNetworkTest {
  private static final LowRank QUERY_AND_VALUE = LowRank.usual();
  private static final LowRank ALL = new LowRank(3, 6, true, false);
  private static final LowRank EVERYWHERE = new LowRank(2, 1, true, true);

  private static Choice lora(LowRank size) {
    return new Choice(AdaptMethod.LORA, size, false);
  }

  private static Stream<Arguments> networksAndChoices() {
    return Stream.of(TinySam.VIT, TinySam.TINY_VIT).flatMap(shape -> Stream.of(
        Arguments.of(shape, lora(QUERY_AND_VALUE)), Arguments.of(shape, lora(ALL)),
        Arguments.of(shape, lora(EVERYWHERE)), Arguments.of(shape, Choice.of(AdaptMethod.ADAPTER)),
        Arguments.of(shape, Choice.of(AdaptMethod.DECODER)),
        Arguments.of(shape, Choice.of(AdaptMethod.FULL)),
        Arguments.of(shape, Choice.everything())));
  }

  /** 12 blocks, queries and values, A (4, 768) and B (768, 4): SAMed's number (Zhang and Liu, 2023). */
  @Test
  void lowRankAdditionsOfVitBHave147456Parameters() {
    // A small picture: the number of these parameters does not depend on it.
    VitShape base = VitShape.base();
    SamShape shape = SamShape.of(VitShape.of(64, base.dim(), base.depth(), base.heads(),
        base.window(), base.globalBlocks(), base.mlp()));
    try (SamNetwork network = SamNetwork.empty(shape, Device.CPU)) {
      AdaptedNetwork adapted = AdaptedNetwork.of(network, Choice.of(AdaptMethod.LORA), 1);
      assertThat(adapted.trainable().stream().filter(p -> p.name().startsWith("image_encoder."))
          .mapToLong(p -> p.tensor().numel()).sum()).isEqualTo(147_456);
    }
  }

  @ParameterizedTest
  @MethodSource("networksAndChoices")
  void everyMethodStartsAsTheNetworkBefore(SamShape shape, Choice choice) {
    SamWeights weights = TinySam.weights(shape, 3);
    try (SamNetwork plain = weights.load(Device.CPU);
        SamNetwork network = weights.load(Device.CPU)) {
      AdaptedNetwork.of(network, choice, 7);
      assertThat(TinySam.answer(network)).isEqualTo(TinySam.answer(plain));
    }
  }

  @ParameterizedTest
  @MethodSource("networksAndChoices")
  void weightsThatAreMergedGiveTheSameMasks(SamShape shape, Choice choice) {
    SamWeights weights = TinySam.weights(shape, 3);
    try (SamNetwork plain = weights.load(Device.CPU);
        SamNetwork network = weights.load(Device.CPU)) {
      AdaptedNetwork adapted = AdaptedNetwork.of(network, choice, 7);
      TinySam.disturb(adapted, 0.05);
      float[] unmerged = TinySam.answer(network);
      assertThat(TinySam.difference(unmerged, TinySam.answer(plain))).isGreaterThan(1e-3);
      SamWeights merged = new SamWeights("merged", weights.family(), shape, adapted.merged(),
          weights.about());
      if (choice.method() != AdaptMethod.ADAPTER) {
        assertThat(merged.tensors().keySet()).isEqualTo(weights.tensors().keySet());
      }
      try (SamNetwork loaded = merged.load(Device.CPU)) {
        assertThat(TinySam.difference(unmerged, TinySam.answer(loaded))).isLessThan(1e-5);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(AdaptMethod.class)
  void whatTrainsIsWhatTheMethodSays(AdaptMethod method) {
    try (SamNetwork network = TinySam.weights(TinySam.VIT, 3).load(Device.CPU)) {
      List<String> names = AdaptedNetwork.of(network, Choice.of(method), 7).trainable().stream()
          .map(p -> p.name()).toList();
      assertThat(names).anyMatch(n -> n.startsWith("mask_decoder."))
          .noneMatch(n -> n.startsWith("prompt_encoder."));
      List<String> encoder = names.stream().filter(n -> n.startsWith("image_encoder.")).toList();
      switch (method) {
        case DECODER -> assertThat(encoder).isEmpty();
        case LORA -> assertThat(encoder).hasSize(2 * 2 * 2)
            .allMatch(
                n -> n.matches("image_encoder\\.blocks\\.[01]\\.attn\\.qkv\\.lora\\.[qv]\\.[ab]"));
        case ADAPTER -> assertThat(encoder).isNotEmpty().allMatch(n -> n.contains(".adapter."));
        case FULL -> assertThat(encoder)
            .hasSameSizeAs(network.state().keySet().stream()
                .filter(n -> n.startsWith("image_encoder.")).toList());
      }
    }
  }

  /**
   * SAM's layer gives all queries, then all keys, then all values; TinyViT's gives them head by head (Python
   * originals: {@code reshape(B, H * W, 3, heads, -1)} and {@code view(B, N, heads, -1).split(...)}).
   */
  @Test
  void additionsToQueriesAndValuesKeepTheKeys() {
    keysStay(TinySam.VIT, "image_encoder.blocks.0.attn.qkv.weight", 1, 32);
    keysStay(TinySam.VIT, "image_encoder.blocks.1.attn.qkv.weight", 1, 32);
    keysStay(TinySam.TINY_VIT, "image_encoder.layers.1.blocks.0.attn.qkv.weight", 2, 16);
    keysStay(TinySam.TINY_VIT, "image_encoder.layers.3.blocks.0.attn.qkv.weight", 4, 32);
  }

  private static void keysStay(SamShape shape, String name, int groups, int width) {
    SamWeights weights = TinySam.weights(shape, 3);
    try (SamNetwork network = weights.load(Device.CPU)) {
      AdaptedNetwork adapted = AdaptedNetwork.of(network, lora(QUERY_AND_VALUE), 7);
      TinySam.disturb(adapted, 0.05);
      float[] before = weights.tensors().get(name).toFloats();
      float[] after = adapted.merged().get(name).toFloats();
      int part = width / groups;
      for (int row = 0; row < 3 * width; row++) {
        boolean key = row / part % 3 == 1;
        float[] a = Arrays.copyOfRange(before, row * width, (row + 1) * width);
        float[] b = Arrays.copyOfRange(after, row * width, (row + 1) * width);
        assertThat(Arrays.equals(a, b)).as("%s row %d", name, row).isEqualTo(key);
      }
    }
  }

  @Test
  void lowRankAdditionsOfTheDecoderKeepItsOwnWeights() {
    try (SamNetwork network = TinySam.weights(TinySam.VIT, 3).load(Device.CPU)) {
      assertThat(AdaptedNetwork.of(network, lora(EVERYWHERE), 7).trainable())
          .allMatch(p -> p.name().contains(".lora."))
          .anyMatch(p -> p.name().startsWith("mask_decoder."));
    }
  }

  @Test
  void weightsWithAdaptersTakeNoOthers() {
    SamWeights weights = TinySam.weights(TinySam.VIT, 3);
    SamWeights with;
    try (SamNetwork network = weights.load(Device.CPU)) {
      AdaptedNetwork adapted = AdaptedNetwork.of(network, Choice.of(AdaptMethod.ADAPTER), 7);
      with = new SamWeights("with adapters", weights.family(), weights.shape(), adapted.merged(),
          weights.about());
    }
    for (AdaptMethod method : List.of(AdaptMethod.ADAPTER, AdaptMethod.LORA)) {
      try (SamNetwork network = with.load(Device.CPU)) {
        assertThatThrownBy(() -> AdaptedNetwork.of(network, Choice.of(method), 7))
            .isInstanceOf(FiduciaException.class).hasMessageContaining("adapters already");
      }
    }
    try (SamNetwork network = with.load(Device.CPU)) {
      assertThat(AdaptedNetwork.of(network, Choice.of(AdaptMethod.DECODER), 7).encoderIsFrozen())
          .isTrue();
    }
  }
}
