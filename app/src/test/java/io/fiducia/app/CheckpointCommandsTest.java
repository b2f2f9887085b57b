package io.fiducia.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.torch.checkpoint.CheckpointWriter;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class CheckpointCommandsTest {
  @TempDir
  private Path folder;

  private Path sample() {
    Path file = folder.resolve("a.pth");
    Map<String, Object> weights = new LinkedHashMap<>();
    weights.put("conv.weight", StoredTensor.ofFloats(new float[]{1, 2, 3, 4}, 2, 2));
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("network_weights", weights);
    root.put("current_epoch", 7L);
    root.put("best", Double.NaN);
    CheckpointWriter.writePth(file, root);
    return file;
  }

  @Test
  void showListsTensorsByPathWithTheirHash() {
    CommandLineFixture result = CommandLineFixture.run(
        "checkpoint", "show", sample().toString(), "--json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode tensor = result.json().path("tensors").path(0);
    assertThat(tensor.path("name").asString()).isEqualTo("network_weights.conv.weight");
    assertThat(tensor.path("dtype").asString()).isEqualTo("float32");
    assertThat(tensor.path("shape").toString()).isEqualTo("[2,2]");
    // hashlib.sha256(struct.pack('<4f', 1, 2, 3, 4)).hexdigest()
    assertThat(tensor.path("sha256").asString())
        .isEqualTo("ad73b9acd6e4a74b2f5bb5386658ce3bb146cd040a1867646ab3b973fb6632b1");
    assertThat(result.json().path("metadata").path("current_epoch").asInt()).isEqualTo(7);
    assertThat(result.json().path("metadata").path("best").asString()).isEqualTo("NaN");
  }

  @Test
  void convertsThereAndBack() {
    Path there = folder.resolve("b.safetensors");
    Path back = folder.resolve("c.pth");
    assertThat(run("checkpoint", "convert", sample().toString(), there.toString())).isZero();
    assertThat(run("checkpoint", "convert", there.toString(), back.toString())).isZero();
    JsonNode first = show(folder.resolve("a.pth"));
    assertThat(show(back)).isEqualTo(first);
  }

  @Test
  void existingOutputIsKept() throws Exception {
    Path out = Files.writeString(folder.resolve("b.safetensors"), "mine");
    CommandLineFixture result = CommandLineFixture.run(
        "checkpoint", "convert", sample().toString(), out.toString());
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err()).contains("the output exists already", "--overwrite");
    assertThat(out).hasContent("mine");
  }

  @Test
  void aDamagedFileIsRefusedByName() throws Exception {
    Path file = Files.writeString(folder.resolve("bad.pth"), "this is no checkpoint");
    CommandLineFixture result = CommandLineFixture.run("checkpoint", "show", file.toString());
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("error: ").contains("bad.pth", "why: ");
  }

  private static JsonNode show(Path file) {
    return CommandLineFixture.run("checkpoint", "show", file.toString(), "--json").json();
  }

  private static int run(String... args) {
    return CommandLineFixture.run(args).exitCode();
  }
}
