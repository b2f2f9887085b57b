package io.fiducia.learn.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Expected values are counted by hand. */
class WeightMappingTest {
  private final TorchScope scope = TorchScope.open("test");

  @AfterEach
  void close() {
    scope.close();
  }

  private static TensorSlot slot(String name, float[] values, long... shape) {
    return new TensorSlot(List.of(name), Tensor.of(values, Device.CPU, shape));
  }

  private static WeightMapping map(TensorSlot slot, Optional<StoredTensor> source,
      TensorRule rule) {
    return WeightMapping.of(List.of(slot),
        source.map(s -> Map.of(slot.name(), s)).orElse(Map.of()), name -> rule);
  }

  private static WeightReport.Mapped only(WeightMapping mapping) {
    assertThat(mapping.misfits()).isEmpty();
    assertThat(mapping.report().tensors()).hasSize(1);
    return mapping.report().tensors().getFirst();
  }

  @Test
  void theSameShapeIsTakenBitByBitUnderAnyName() {
    float odd = Float.intBitsToFloat(0x7fc12345);
    TensorSlot slot = new TensorSlot(List.of("a", "alias.a"),
        Tensor.of(new float[]{1, 2}, Device.CPU, 2));
    WeightMapping mapping = WeightMapping.of(List.of(slot),
        Map.of("alias.a", StoredTensor.ofFloats(new float[]{odd, -0f}, 2)),
        name -> TensorRule.same());
    assertThat(only(mapping).state()).isEqualTo(TensorState.TAKEN);
    assertThat(slot.tensor().toFloats()).as("nothing changes before apply").containsExactly(1, 2);
    mapping.apply();
    float[] after = slot.tensor().toFloats();
    assertThat(Float.floatToRawIntBits(after[0])).isEqualTo(0x7fc12345);
    assertThat(Float.floatToRawIntBits(after[1])).isEqualTo(0x80000000);
  }

  @Test
  void whatIsMissingOrOfAnotherShapeIsNamedAndNothingIsWritten() {
    TensorSlot fits = slot("fits", new float[]{1}, 1);
    TensorSlot shape = slot("shape", new float[]{1, 2}, 2, 1);
    TensorSlot missing = slot("missing", new float[]{1}, 1);
    WeightMapping mapping = WeightMapping.of(List.of(fits, shape, missing),
        Map.of("fits", StoredTensor.ofFloats(new float[]{9}, 1), "shape",
            StoredTensor.ofFloats(new float[]{9, 9}, 1, 2)),
        name -> TensorRule.same());
    assertThat(mapping.misfits()).extracting(WeightMapping.Misfit::toString).containsExactly(
        "shape expected [2, 1] found [1, 2]", "missing expected [1], missing in the source");
    assertThatThrownBy(mapping::apply).isInstanceOf(IllegalStateException.class);
    assertThat(fits.tensor().toFloats()).containsExactly(1);
  }

  @Test
  void rowsFollowTheNamesOfTheOutputs() {
    OutputMatch match = OutputMatch.byName(List.of("background", "new", "Liver", "Bladder"),
        List.of(OutputMatch.Output.of("background"),
            new OutputMatch.Output("urinary_bladder", Set.of("Bladder")),
            OutputMatch.Output.of("Liver")));
    assertThat(match.taken()).containsExactly("background", "Liver", "Bladder");
    assertThat(match.fresh()).containsExactly("new");
    TensorSlot slot = slot("head", new float[]{-1, -2, -3, -4, -5, -6, -7, -8}, 4, 2);
    WeightMapping mapping = map(slot,
        Optional.of(StoredTensor.ofFloats(new float[]{1, 2, 3, 4, 5, 6}, 3, 2)),
        TensorRule.rows(match));
    assertThat(only(mapping).state()).isEqualTo(TensorState.ADAPTED);
    assertThat(only(mapping).why()).contains("background, Liver, Bladder", "fresh rows for new");
    mapping.apply();
    assertThat(slot.tensor().toFloats()).containsExactly(1, 2, -3, -4, 5, 6, 3, 4);
  }

  @Test
  void anOutputOfTheSourceIsUsedOnceAndExactNamesComeFirst() {
    OutputMatch match = OutputMatch.byName(List.of("A", "a", "A2"),
        List.of(new OutputMatch.Output("a", Set.of("A", "A2"))));
    assertThat(match.sourceRows())
        .containsExactly(Optional.empty(), Optional.of(0), Optional.empty());
    assertThat(OutputMatch.byName(List.of("A", "A2"),
        List.of(new OutputMatch.Output("a", Set.of("A", "A2")))).taken()).containsExactly("A");
  }

  @Test
  void rowsInTheSameOrderAreTakenAndRowsOfNothingStayFresh() {
    List<OutputMatch.Output> source = List.of(OutputMatch.Output.of("x"),
        OutputMatch.Output.of("y"));
    StoredTensor stored = StoredTensor.ofFloats(new float[]{5, 6}, 2);
    TensorSlot same = slot("bias", new float[]{1, 2}, 2);
    assertThat(only(map(same, Optional.of(stored),
        TensorRule.rows(OutputMatch.byName(List.of("x", "y"), source)))).state())
        .isEqualTo(TensorState.TAKEN);
    TensorRule strange = TensorRule.rows(OutputMatch.byName(List.of("u", "v"), source));
    assertThat(only(map(same, Optional.of(stored), strange)).state())
        .isEqualTo(TensorState.FRESH);
    assertThat(only(map(same, Optional.empty(), strange)).why()).contains("no such tensor");
    // As many rows as the source says that it has outputs, and the same columns.
    TensorRule both = TensorRule.rows(OutputMatch.byName(List.of("y", "x"), source));
    assertThat(map(same, Optional.of(StoredTensor.ofFloats(new float[3], 3)), both).misfits())
        .hasSize(1);
    assertThat(map(slot("w", new float[4], 2, 2),
        Optional.of(StoredTensor.ofFloats(new float[6], 2, 3)), both).misfits()).hasSize(1);
  }

  /** Two filters of two taps; sums over channels stay what they were. */
  @Test
  void imageChannelsAreSharedOut() {
    StoredTensor one = StoredTensor.ofFloats(new float[]{2, 4, 6, 8}, 2, 1, 2);
    TensorSlot two = slot("conv", new float[8], 2, 2, 2);
    WeightMapping more = map(two, Optional.of(one), TensorRule.inputChannels());
    assertThat(only(more).state()).isEqualTo(TensorState.ADAPTED);
    more.apply();
    assertThat(two.tensor().toFloats()).containsExactly(1, 2, 1, 2, 3, 4, 3, 4);

    StoredTensor three = StoredTensor.ofFloats(new float[]{1, 2, 10, 20, 100, 200}, 1, 3, 2);
    TensorSlot single = slot("conv", new float[2], 1, 1, 2);
    WeightMapping fewer = map(single, Optional.of(three), TensorRule.inputChannels());
    fewer.apply();
    assertThat(single.tensor().toFloats()).containsExactly(111, 222);

    TensorSlot equal = slot("conv", new float[4], 2, 1, 2);
    assertThat(only(map(equal, Optional.of(one), TensorRule.inputChannels())).state())
        .isEqualTo(TensorState.TAKEN);
    TensorSlot otherKernel = slot("conv", new float[12], 2, 2, 3);
    assertThat(map(otherKernel, Optional.of(one), TensorRule.inputChannels()).misfits())
        .hasSize(1);
    assertThat(map(two, Optional.empty(), TensorRule.inputChannels()).misfits()).hasSize(1);
  }

  @Test
  void theReportNamesEveryTensorOnceAndWhatWasLeft(@TempDir Path folder) throws Exception {
    StoredTensor shared = StoredTensor.ofFloats(new float[]{3}, 1);
    Map<String, StoredTensor> source = new LinkedHashMap<>();
    source.put("body", StoredTensor.ofFloats(new float[]{7}, 1));
    source.put("head", StoredTensor.ofFloats(new float[]{8}, 1));
    source.put("more", shared);
    source.put("again.more", shared);
    WeightMapping mapping = WeightMapping.of(
        List.of(slot("body", new float[1], 1), slot("head", new float[1], 1)), source,
        name -> name.equals("head") ? TensorRule.fresh("heads start fresh") : TensorRule.same());
    WeightReport report = mapping.report();
    assertThat(report.left()).extracting(WeightReport.Left::name).containsExactly("head", "more");
    assertThat(report.summary()).containsExactly("1 tensors taken, 0 adapted, 1 fresh",
        "fresh: head (heads start fresh)", "left of the source: head (heads start fresh)",
        "left of the source: more (the network has no such tensor)");

    new Adaptation(new Adaptation.Start("there", "decoder", Map.of("tool", "X")), List.of("c1"), 5,
        0, report, name -> name.equals("head") ? OptionalLong.of(0) : OptionalLong.empty())
        .after(12).write(folder);
    JsonNode json = JsonMapper.shared()
        .readTree(Files.readString(folder.resolve(Adaptation.FILE)));
    assertThat(json.path("source").asString()).isEqualTo("there");
    assertThat(json.path("recipe").asString()).isEqualTo("decoder");
    assertThat(json.path("cases").get(0).asString()).isEqualTo("c1");
    assertThat(json.path("seed").asInt()).isEqualTo(5);
    assertThat(json.path("iterations").asInt()).isEqualTo(12);
    assertThat(json.path("origin").path("tool").asString()).isEqualTo("X");
    assertThat(json.path("tensors")).hasSize(2);
    assertThat(json.at("/tensors/0/state").asString()).isEqualTo("taken");
    assertThat(json.at("/tensors/0/trained_from").isNull()).isTrue();
    assertThat(json.at("/tensors/1/state").asString()).isEqualTo("fresh");
    assertThat(json.at("/tensors/1/trained_from").asInt()).isZero();
    assertThat(json.at("/left/1/name").asString()).isEqualTo("more");
  }
}
