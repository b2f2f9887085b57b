package io.fiducia.torch.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointWriterTest {
  @TempDir
  Path folder;

  private static Map<String, Object> small() {
    StoredTensor weight = StoredTensor.ofFloats(new float[]{1, 2, 3, 4, 5, 6}, 2, 3);
    OrderedState state = new OrderedState();
    state.put("a.weight", weight);
    state.put("alias.weight", weight);
    state.put("count", StoredTensor.ofLongs(new long[]{7}));
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("network_weights", state);
    root.put("optimizer_state", new LinkedHashMap<>(Map.of(0, List.of(1, -2, 70000, 1L << 40))));
    root.put("none", null);
    root.put("axes", PyTuple.of(0, 1, 2, 3));
    root.put("lr", 0.01);
    root.put("flag", true);
    return root;
  }

  @Test
  void whatIsWrittenIsReadBack() {
    Path file = folder.resolve("new/folder/a.pth");
    CheckpointWriter.writePth(file, small());
    Checkpoint back = CheckpointReader.read(file);
    assertThat(back.format()).isEqualTo("pth-zip");
    assertThat(back.tensors().keySet()).containsExactly(
        "network_weights.a.weight", "network_weights.alias.weight", "network_weights.count");
    Map<String, StoredTensor> state = back.stateDict("network_weights");
    assertThat(state.get("a.weight").toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(state.get("a.weight").sharesBytesWith(state.get("alias.weight"))).isTrue();
    assertThat(state.get("count").shape()).isEmpty();
    assertThat(back.metadata()).containsEntry("optimizer_state.0.1", -2L)
        .containsEntry("optimizer_state.0.3", 1L << 40).containsEntry("none", PyNone.NONE)
        .containsEntry("axes.3", 3L).containsEntry("lr", 0.01).containsEntry("flag", true);
  }

  @Test
  void theSameValuesGiveTheSameBytes() throws IOException {
    Path first = folder.resolve("a.pth");
    Path second = folder.resolve("b.pth");
    CheckpointWriter.writePth(first, small());
    CheckpointWriter.writePth(second, small());
    assertThat(Files.mismatch(first, second)).isEqualTo(-1);
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void storagesBeginAtMultiplesOf64Bytes() throws IOException {
    Path file = folder.resolve("a.pth");
    CheckpointWriter.writePth(file, small());
    ZipDirectory zip = new ZipDirectory(FileSource.of(file));
    assertThat(zip.entries().values()).allMatch(e -> e.start() % 64 == 0);
    assertThat(zip.entries().keySet()).containsExactly(
        "archive/data.pkl",
        "archive/.format_version",
        "archive/.storage_alignment",
        "archive/byteorder",
        "archive/data/0",
        "archive/data/1",
        "archive/version",
        "archive/.data/serialization_id");
  }

  @Test
  void zip64FieldsAreReadBack() throws IOException {
    Pickler pickler = new Pickler("test");
    byte[] pickle = pickler.pickle(small());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CheckpointWriter.write(out, 100, pickle, pickler.storages());
    Path file = folder.resolve("wide.pth");
    Files.write(file, out.toByteArray());
    assertThat(CheckpointReader.read(file).tensors()).hasSize(3);
  }

  @Test
  void bigEndianFilesAreConverted() throws IOException {
    // The same bytes as a little-endian file with each element reversed, and byteorder "big".
    Pickler pickler = new Pickler("test");
    byte[] pickle = pickler.pickle(Map.of("x", StoredTensor.ofFloats(new float[]{1.5f, -2}, 2)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ZipWriter zip = new ZipWriter(out);
    zip.add("m/data.pkl", ByteBuffer.wrap(pickle));
    zip.add("m/byteorder", ByteBuffer.wrap("big".getBytes(StandardCharsets.US_ASCII)));
    zip.add("m/data/0", ByteBuffer.allocate(8).putFloat(1.5f).putFloat(-2).flip());
    zip.add("m/version", ByteBuffer.wrap("3\n".getBytes(StandardCharsets.US_ASCII)));
    zip.finish();
    Path file = folder.resolve("big.pth");
    Files.write(file, out.toByteArray());
    StoredTensor x = CheckpointReader.read(file).tensors().get("x");
    assertThat(x.toFloats()).containsExactly(1.5f, -2);
    assertThat(x.sha256())
        .isEqualTo(StoredTensor.ofFloats(new float[]{1.5f, -2}, 2).sha256());
  }

  @ParameterizedTest
  @ValueSource(strings = {"nnunet_like.pth", "nnunet_like_legacy.pt", "views.pth", "dtypes.pth"})
  void rewritingTorchsFilesKeepsEveryTensor(String name) {
    Checkpoint original = CheckpointReader.read(CheckpointReaderTest.resource(name));
    Path file = folder.resolve("again.pth");
    CheckpointWriter.writePth(file, original.root());
    Map<String, StoredTensor> again = CheckpointReader.read(file).tensors();
    assertThat(CheckpointReaderTest.listing(again))
        .containsAll(CheckpointReaderTest.listing(original.tensors()));
  }

  @Test
  void safetensorsRoundTripRestoresTheTree() {
    Path source = folder.resolve("a.pth");
    Path middle = folder.resolve("a.safetensors");
    Path back = folder.resolve("back.pth");
    CheckpointWriter.writePth(source, small());
    CheckpointConverter.Report there = CheckpointConverter.convert(source, middle);
    assertThat(there.tensors()).isEqualTo(3);
    assertThat(there.lost())
        .containsExactly("tensors that shared their bytes are stored once for each name");
    assertThat(CheckpointReader.read(middle).metadata()).containsEntry("lr", "0.01")
        .containsEntry("axes.3", "3");
    assertThat(CheckpointConverter.convert(middle, back).lost()).isEmpty();
    Checkpoint restored = CheckpointReader.read(back);
    Checkpoint original = CheckpointReader.read(source);
    assertThat(CheckpointReaderTest.listing(restored.tensors()))
        .isEqualTo(CheckpointReaderTest.listing(original.tensors()));
    assertThat(restored.metadata()).isEqualTo(original.metadata());
    assertThat(restored.value("axes").orElseThrow()).isInstanceOf(PyTuple.class);
    assertThat(restored.value("network_weights").orElseThrow()).isInstanceOf(OrderedState.class);
  }

  @Test
  void anNnunetLikeFileSurvivesSafetensors() {
    Path middle = folder.resolve("a.safetensors");
    Path back = folder.resolve("back.pth");
    Path source = CheckpointReaderTest.resource("nnunet_like.pth");
    List<String> lost = CheckpointConverter.convert(source, middle).lost();
    assertThat(lost).hasSize(4).anyMatch(s -> s.contains("_metadata"))
        .anyMatch(s -> s.contains("numpy array array"));
    CheckpointConverter.convert(middle, back);
    Checkpoint original = CheckpointReader.read(source);
    Checkpoint restored = CheckpointReader.read(back);
    assertThat(CheckpointReaderTest.listing(restored.tensors()))
        .containsAll(CheckpointReaderTest.listing(original.tensors()));
    List<String> kept = new ArrayList<>(original.metadata().keySet());
    kept.removeAll(List.of("array", "column_major"));
    assertThat(restored.metadata()).containsOnlyKeys(kept);
  }

  @Test
  void foreignSafetensorsBecomeAStateDict() {
    Path back = folder.resolve("back.pt");
    Path source = CheckpointReaderTest.resource("dtypes.safetensors");
    assertThat(CheckpointConverter.convert(source, back).lost()).hasSize(1);
    assertThat(CheckpointReaderTest.listing(CheckpointReader.read(back).tensors()))
        .containsExactlyInAnyOrderElementsOf(CheckpointReaderTest.expected("dtypes.safetensors"));
  }

  @Test
  void whatHasNoPlaceIsNamed() {
    Path file = folder.resolve("a.pth");
    assertThatThrownBy(() -> CheckpointWriter.writePth(file, Map.of("x", new Object())))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("value x");
    List<Object> cycle = new ArrayList<>();
    cycle.add(cycle);
    assertThatThrownBy(() -> CheckpointWriter.writePth(file, cycle))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("nested");
    Path other = folder.resolve("a.onnx");
    Path source = CheckpointReaderTest.resource("views.pth");
    assertThatThrownBy(() -> CheckpointConverter.convert(source, other))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("safetensors");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFileReplacedBehindALoadedCheckpointIsNoticed() throws IOException {
    Path file = folder.resolve("a.pth");
    CheckpointWriter.writePth(file, small());
    StoredTensor tensor = CheckpointReader.read(file).tensors().get("network_weights.a.weight");
    CheckpointWriter.writePth(file, Map.of("x", StoredTensor.ofFloats(new float[9000], 9000)));
    assertThatThrownBy(tensor::toFloats).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("changed while it was in use");
  }
}
