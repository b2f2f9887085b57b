package io.fiducia.promptable.sam.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.promptable.sam.network.SamFormulaWeights;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.promptable.sam.network.TinyVitShape;
import io.fiducia.promptable.sam.network.VitShape;
import io.fiducia.promptable.slice.ModelIdentity;
import io.fiducia.torch.Device;
import io.fiducia.torch.checkpoint.CheckpointWriter;
import io.fiducia.torch.checkpoint.SafetensorsWriter;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamWeightsTest {
  private static final SamShape VIT = new SamShape(VitShape.of(128, 32, 3, 2, 3, List.of(1), 64),
      32, 8, 3);

  @TempDir
  private Path folder;

  private static Map<String, StoredTensor> tensors(SamShape shape) {
    try (SamNetwork net = SamNetwork.empty(shape, Device.CPU)) {
      return SamFormulaWeights.of(net);
    }
  }

  @Test
  void tellsTheModelFromTheEncoder() {
    assertThat(SamFamily.of(VitShape.base())).isEqualTo(SamFamily.VIT_B);
    assertThat(SamFamily.of(VitShape.large())).isEqualTo(SamFamily.VIT_L);
    assertThat(SamFamily.of(VitShape.huge())).isEqualTo(SamFamily.VIT_H);
    assertThat(SamFamily.of(TinyVitShape.mobile())).isEqualTo(SamFamily.VIT_T);
    assertThat(SamFamily.of(TinyVitShape.lite())).isEqualTo(SamFamily.LITEMEDSAM);
    assertThat(SamFamily.of(VIT.encoder())).isEqualTo(SamFamily.VIT);
    assertThat(SamFamily.MEDSAM.accepts(VitShape.base())).isTrue();
    assertThat(SamFamily.MEDSAM.accepts(VitShape.large())).isFalse();
    assertThat(SamFamily.MEDSAM.accepts(VIT.encoder())).isTrue();
    assertThat(SamFamily.VIT_B.accepts(TinyVitShape.mobile())).isFalse();
    assertThat(SamFamily.VIT_T.accepts(TinyVitShape.lite())).isFalse();
  }

  @Test
  void tellsTheShapeOfAnySize() {
    TinyVitShape tiny = new TinyVitShape(TinyVitShape.Stem.STRIDED, 1024, List.of(8, 8, 10, 20),
        List.of(1, 1, 2, 1), List.of(2, 2, 2, 4), List.of(7, 3, 4, 3), 7);
    // Global tables of a picture of 256 pixels.
    VitShape odd = new VitShape(128, 32, 2, 2, 3, List.of(0), 64, 31, VitShape.PATCH);
    VitShape global = VitShape.of(64, 32, 2, 2, 4, List.of(0, 1), 64);
    for (SamShape shape : List.of(VIT, SamShape.of(tiny), SamShape.of(odd),
        SamShape.of(global))) {
      assertThat(new ShapeOfWeights(tensors(shape), "w").shape()).isEqualTo(shape);
    }
  }

  @Test
  void readsBothFormatsToTheSameIdentity() {
    Map<String, StoredTensor> tensors = tensors(VIT);
    SafetensorsWriter.write(folder.resolve("w.safetensors"), tensors,
        Map.of("model", "medsam", "licence", "CC0"));
    CheckpointWriter.writePth(folder.resolve("w.pth"),
        new LinkedHashMap<>(Map.of("model", new LinkedHashMap<>(tensors))));
    SamWeights first = SamWeights.read(folder.resolve("w.safetensors"), Optional.empty());
    SamWeights second = SamWeights.read(folder.resolve("w.pth"), Optional.of(SamFamily.MEDSAM));
    assertThat(first.family()).isEqualTo(SamFamily.MEDSAM);
    assertThat(first.licenceNote()).contains("CC0");
    assertThat(second.licenceNote()).contains("Apache-2.0", "MedSAM");
    ModelIdentity identity = first.identity();
    assertThat(second.identity()).isEqualTo(identity);
    assertThat(SamWeights.read(folder.resolve("w.pth"), Optional.empty()).identity())
        .isNotEqualTo(identity);
    second.load(Device.CPU).close();
    assertThatThrownBy(
        () -> SamWeights.read(folder.resolve("w.pth"), Optional.of(SamFamily.LITEMEDSAM)))
        .hasMessageContaining("expected LiteMedSAM").hasMessageContaining("w.pth");
  }
}
