package io.fiducia.promptable.adapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.promptable.adapt.AdaptedNetwork.Choice;
import io.fiducia.promptable.adapt.layer.LowRank;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.torch.Device;
import io.fiducia.torch.checkpoint.Checkpoint;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.SafetensorsWriter;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsDifferenceTest {
  private static final SamWeights BASE = TinySam.weights(TinySam.VIT, 3);
  private static final Choice LORA = new Choice(AdaptMethod.LORA, new LowRank(3, 7.5, true, true),
      false);

  @TempDir
  private Path folder;

  /** Writes a difference that changes something, and gives the answer of the adapted network. */
  private float[] write(Path file, SamWeights start, Choice choice, Map<String, String> about) {
    try (SamNetwork network = start.load(Device.CPU)) {
      AdaptedNetwork adapted = AdaptedNetwork.of(network, choice, 7);
      TinySam.disturb(adapted, 0.05);
      WeightsDifference.write(file, adapted, choice, BASE.identity(), about);
      return TinySam.answer(network);
    }
  }

  @Test
  void aDifferenceIsReadAsItWasWritten() {
    Path file = folder.resolve("d.safetensors");
    float[] answer = write(file, BASE, LORA, Map.of("licence", "mine"));
    try (SamNetwork read = WeightsDifference.load(BASE, file, Device.CPU).network()) {
      assertThat(TinySam.answer(read)).isEqualTo(answer);
    }
    SamWeights merged = WeightsDifference.merged(BASE, file);
    assertThat(merged.licence()).isEqualTo("mine");
    assertThat(merged.tensors().keySet()).isEqualTo(BASE.tensors().keySet());
    try (SamNetwork network = merged.load(Device.CPU)) {
      assertThat(TinySam.difference(TinySam.answer(network), answer)).isLessThan(1e-5);
    }
  }

  @Test
  void aDifferenceOfAutomaticWeightsIsTakenOnTheWeightsBefore() {
    List<String> structures = List.of("A", "B", "C", "D", "E");
    Path file = folder.resolve("d.safetensors");
    float[] answer = write(file, AutomaticWeights.of(BASE, structures),
        Choice.of(AdaptMethod.DECODER),
        Map.of(AutomaticWeights.STRUCTURES, AutomaticWeights.text(structures)));
    SamWeights merged = WeightsDifference.merged(BASE, file);
    assertThat(AutomaticWeights.structures(merged)).contains(structures);
    try (SamNetwork network = merged.load(Device.CPU)) {
      assertThat(TinySam.answer(network)).isEqualTo(answer);
    }
  }

  @Test
  void otherWeightsAreRefused() {
    Path file = folder.resolve("d.safetensors");
    write(file, BASE, LORA, Map.of());
    SamWeights other = TinySam.weights(TinySam.VIT, 4);
    assertThatThrownBy(() -> WeightsDifference.load(other, file, Device.CPU))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("belongs to other weights");
    assertThatThrownBy(() -> WeightsDifference
        .load(TinySam.weights(TinySam.TINY_VIT, 3), file, Device.CPU))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("belongs to other weights");
  }

  @Test
  void aDifferenceAloneIsNoModel() {
    Path file = folder.resolve("d.safetensors");
    write(file, BASE, LORA, Map.of());
    assertThatThrownBy(() -> SamWeights.read(file, Optional.empty()))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("only the difference");
  }

  @Test
  void wholeWeightsAreNoDifference() {
    Path file = folder.resolve("w.safetensors");
    SafetensorsWriter.write(file, BASE.tensors(), Map.of());
    assertThatThrownBy(() -> WeightsDifference.load(BASE, file, Device.CPU))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("holds no difference");
  }

  @Test
  void damageIsNoticed() throws IOException {
    Path file = folder.resolve("d.safetensors");
    write(file, BASE, LORA, Map.of());
    Checkpoint read = CheckpointReader.read(file);
    Map<String, String> about = new LinkedHashMap<>();
    read.metadata().forEach((key, value) -> about.put(key, String.valueOf(value)));
    Map<String, StoredTensor> fewer = new LinkedHashMap<>(read.tensors());
    String lost = fewer.keySet().iterator().next();
    fewer.remove(lost);
    refused(fewer, about, lost);
    for (String key : List.of("rank", "alpha", "method", "base_weights")) {
      Map<String, String> without = new LinkedHashMap<>(about);
      without.remove(key);
      refused(read.tensors(), without, key + " is missing");
    }
    Map<String, String> wrong = new LinkedHashMap<>(about);
    wrong.put("rank", "0");
    refused(read.tensors(), wrong, "damaged");
    wrong.put("rank", "3");
    wrong.put("method", "magic");
    refused(read.tensors(), wrong, "damaged");
    byte[] bytes = Files.readAllBytes(file);
    Path cut = folder.resolve("cut.safetensors");
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 100));
    assertThatThrownBy(() -> WeightsDifference.load(BASE, cut, Device.CPU))
        .isInstanceOf(FiduciaException.class);
  }

  private void refused(Map<String, StoredTensor> tensors, Map<String, String> about, String why) {
    Path file = folder.resolve("damaged.safetensors");
    SafetensorsWriter.write(file, tensors, about);
    assertThatThrownBy(() -> WeightsDifference.load(BASE, file, Device.CPU))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e).hasMessageContaining(why);
        });
  }
}
