package io.fiducia.app.commands.sam;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.promptable.sam.network.VitShape;
import io.fiducia.testing.SyntheticDataset;
import io.fiducia.torch.Device;
import io.fiducia.torch.checkpoint.SafetensorsWriter;
import io.fiducia.torch.nn.StoredTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** On a tiny network with random weights: files, how they are used, and what is refused. */
class SamAdaptCommandTest {
  @TempDir
  private static Path shared;

  @TempDir
  private Path folder;

  @BeforeAll
  static void makeInputs() throws IOException {
    SamShape shape = new SamShape(VitShape.of(64, 16, 1, 2, 2, List.of(0), 64), 32, 4, 4);
    try (SamNetwork network = SamNetwork.create(shape, Device.CPU, 1)) {
      SafetensorsWriter.write(shared.resolve("tiny.safetensors"),
          StoredTensors.toStored(network.state()), Map.of());
    }
    SyntheticDataset.write(shared.resolve("Dataset001_Balls"), 3);
  }

  private CommandLineFixture adapt(String... more) {
    List<String> args = new ArrayList<>(List.of("sam", "adapt", "-o",
        folder.resolve("out").toString(), "--dataset",
        shared.resolve("Dataset001_Balls").toString(), "--device", "cpu", "--weights",
        shared.resolve("tiny.safetensors").toString()));
    args.addAll(List.of(more));
    return CommandLineFixture.run(args.toArray(String[]::new));
  }

  private CommandLineFixture segment(Path out, String... weights) {
    List<String> args = new ArrayList<>(List.of("sam", "segment", "--device", "cpu", "--image",
        SyntheticDataset.image(shared.resolve("Dataset001_Balls"), 0).toString(), "--slice", "9",
        "--box", "2", "3", "10", "11", "--save-probabilities", "-o", out.toString()));
    args.addAll(List.of(weights));
    return CommandLineFixture.run(args.toArray(String[]::new));
  }

  private float[] probabilities(String name, String... weights) {
    Path out = folder.resolve(name);
    CommandLineFixture result = segment(out, weights);
    assertThat(result.exitCode()).as(result.err()).isZero();
    return NiftiReader.read(out.resolve("ball_0_0000_probabilities.nii.gz")).toFloatVolume(0)
        .data();
  }

  /** The folder, its two files of whole weights, and the difference on the weights before: one model. */
  @Test
  void segmentTakesTheFolderItsFilesAndTheDifference() {
    CommandLineFixture result = adapt("--method", "lora", "--rank", "2", "--all", "--iterations",
        "6", "--learning-rate", "0.01", "--json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode json = result.json();
    assertThat(json.path("steps").asInt()).isEqualTo(6);
    assertThat(json.path("dice").propertyNames()).containsExactly("ball");
    // The cube has 25 pixels in its slices.
    assertThat(result.err()).contains("cube: no slice to learn from shows at least 30 pixels");
    Path out = folder.resolve("out");
    float[] whole = probabilities("a", "--weights", out.toString());
    float[] before = probabilities("b", "--weights", shared.resolve("tiny.safetensors").toString());
    assertThat(largest(whole, before)).isGreaterThan(1e-3);
    assertThat(probabilities("c", "--weights", out.resolve("weights.safetensors").toString()))
        .isEqualTo(whole);
    assertThat(probabilities("d", "--weights", out.resolve("weights.pth").toString()))
        .isEqualTo(whole);
    assertThat(largest(probabilities("e", "--weights",
        shared.resolve("tiny.safetensors").toString(), "--difference",
        out.resolve("difference.safetensors").toString()), whole)).isLessThan(1e-6);
    CommandLineFixture alone = segment(folder.resolve("f"), "--weights",
        out.resolve("difference.safetensors").toString());
    assertThat(alone.exitCode()).isEqualTo(3);
    assertThat(alone.err()).contains("only the difference");
  }

  private static double largest(float[] a, float[] b) {
    double most = 0;
    for (int i = 0; i < a.length; i++) {
      most = Math.max(most, Math.abs(a[i] - b[i]));
    }
    return most;
  }

  @Test
  void everyMethodAndTheAutomaticGoalRun() throws IOException {
    for (String method : List.of("decoder", "adapter", "full")) {
      CommandLineFixture result = adapt("--method", method, "--iterations", "2", "--overwrite",
          "--planes", "axial", "coronal");
      assertThat(result.exitCode()).as(result.err()).isZero();
      assertThat(segment(folder.resolve(method), "--weights", folder.resolve("out").toString())
          .exitCode()).isZero();
    }
    CommandLineFixture result = adapt("--method", "decoder", "--automatic", "--iterations", "2",
        "--overwrite", "--structures", "ball", "--cases", "ball_0", "ball_2");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("without prompts, ball ");
    JsonNode card = JsonMapper.shared().readTree(Files.readString(
        folder.resolve("out/card.json")));
    assertThat(card.path("settings").path("dataset").asString()).contains("2 cases");
  }

  @Test
  void automaticWeightsTakeNoPrompts() {
    adapt("--method", "decoder", "--automatic", "--iterations", "2");
    CommandLineFixture result = segment(folder.resolve("s"), "--weights",
        folder.resolve("out").toString());
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err()).contains("take no prompts").contains("to find ball without");
  }

  @Test
  void aFinishedFolderIsKept() {
    assertThat(adapt("--method", "decoder", "--iterations", "1").exitCode()).isZero();
    CommandLineFixture again = adapt("--method", "decoder", "--iterations", "1");
    assertThat(again.exitCode()).isEqualTo(3);
    assertThat(again.err()).contains("finished training");
  }

  @Test
  void whatIsWrongWithTheOptionsIsSaid() {
    refused(2, "did you mean lora?", "--method", "lorra", "--iterations", "2");
    refused(2, "belong to --method lora", "--method", "full", "--rank", "2", "--iterations", "2");
    refused(2, "--rank must be", "--method", "lora", "--rank", "0", "--iterations", "2");
    refused(2, "--minutes or --iterations", "--method", "lora");
    refused(2, "--batch must be", "--method", "lora", "--batch", "0", "--iterations", "2");
    refused(2, "axial", "--method", "lora", "--planes", "axal", "--iterations", "2");
    refused(3, "did you mean ball_1?", "--method", "lora", "--cases", "ball1", "--iterations", "2");
    refused(2, "did you mean cube", "--method", "lora", "--structures", "cuba", "--iterations",
        "2");
    assertThat(folder.resolve("out/card.json")).doesNotExist();
  }

  private void refused(int code, String part, String... options) {
    CommandLineFixture result = adapt(options);
    assertThat(result.exitCode()).as(result.err()).isEqualTo(code);
    assertThat(result.err()).contains(part);
  }
}
