package io.fiducia.app.commands.sam;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
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

/** On a tiny network with weights by chance: how well it segments does not matter here. */
class SamScoreCommandTest {
  @TempDir
  private static Path shared;

  @TempDir
  private Path folder;

  @BeforeAll
  static void makeInputs() throws IOException {
    SamShape shape = SamShape.of(VitShape.of(64, 16, 1, 2, 2, List.of(0), 64));
    try (SamNetwork network = SamNetwork.create(shape, Device.CPU, 1)) {
      SafetensorsWriter.write(shared.resolve("tiny.safetensors"),
          StoredTensors.toStored(network.state()), Map.of());
    }
    SyntheticDataset.write(shared.resolve("Dataset001_Balls"), 1);
  }

  private CommandLineFixture score(String... more) {
    List<String> args = new ArrayList<>(List.of("sam", "score", "-o",
        folder.resolve("out").toString(), "--dataset",
        shared.resolve("Dataset001_Balls").toString(), "--device", "cpu", "--weights",
        shared.resolve("tiny.safetensors").toString()));
    args.addAll(List.of(more));
    return CommandLineFixture.run(args.toArray(String[]::new));
  }

  @Test
  void writesTheTablesOfTheContract() throws IOException {
    CommandLineFixture result = score("--prompts", "box", "--interactions", "2", "--structures",
        "ball", "--json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    List<String> metrics = Files.readAllLines(folder.resolve("out/metrics.csv"));
    assertThat(metrics.getFirst())
        .isEqualTo("case,structure,metric,value,unit,interactions,seconds");
    // Two metrics after one interaction and after two.
    assertThat(metrics).hasSize(1 + 4);
    assertThat(metrics.get(1)).startsWith("ball_0,ball,Dice,").endsWith(",,1,7.0");
    JsonNode json = JsonMapper.shared().readTree(result.out());
    assertThat(json.path("systems").findValuesAsString("system")).contains("sam", "interpolation",
        "otsu-in-box", "nearest-scribble", "contours-interpolated");
    // What is there is not replaced unless the user says so; then the kept scores are taken.
    assertThat(score("--interactions", "2").exitCode()).isEqualTo(3);
    assertThat(score("--interactions", "2", "--structures", "ball", "--overwrite").exitCode())
        .isZero();
    assertThat(Files.readAllLines(folder.resolve("out/metrics.csv"))).isEqualTo(metrics);
  }

  @Test
  void namesWhatIsWrong() {
    assertFails(2, "--interactions must be", "--interactions", "0");
    assertFails(2, "box, points, scribbles, mixed", "--prompts", "lines");
    assertFails(2, "did you mean ball?", "--structures", "bal");
    assertFails(2, "expected either --dataset or --scribbles", "--scribbles", folder.toString());
    assertFails(2, "no such plane", "--plane", "oblique");
    assertFails(3, "tiny.safetensors", "--model", "vit_t");
  }

  private void assertFails(int code, String message, String... options) {
    CommandLineFixture run = score(options);
    assertThat(run.err()).contains(message);
    assertThat(run.exitCode()).isEqualTo(code);
  }
}
