package io.fiducia.app.commands.universeg;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.testing.SyntheticDataset;
import io.fiducia.universeg.network.InContextWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class UniversegTrainCommandTest {
  @TempDir
  private Path folder;

  private CommandLineFixture train(String... more) {
    List<String> all = new ArrayList<>(List.of("universeg", "train"));
    all.addAll(List.of(more));
    return CommandLineFixture.run(all.toArray(String[]::new));
  }

  @Test
  void trainsOnADatasetFolderAndRefusesToOverwrite() throws IOException {
    Path raw = SyntheticDataset.write(folder.resolve("Dataset904_Balls"), 4);
    String out = folder.resolve("model").toString();
    String[] command = {"--dataset", raw.toString(), "--holdout", "cube", "--iterations", "20",
      "--coarse-steps", "20", "--width", "4", "--seed", "3", "--licence", "for tests", "-o", out,
      "--json"};
    CommandLineFixture run = train(command);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.json().get("steps").asInt()).isEqualTo(20);
    assertThat(run.json().get("dice_held_out").asDouble()).isBetween(0.0, 1.0);
    InContextWeights weights = InContextWeights
        .read(folder.resolve("model").resolve("weights.safetensors"));
    assertThat(weights.shape().width()).isEqualTo(4);
    assertThat(weights.licence()).contains("for tests");
    JsonNode card = JsonMapper.shared()
        .readTree(folder.resolve("model").resolve("card.json").toFile());
    assertThat(card.get("trained_on").get(0).get("dataset").asString())
        .isEqualTo("Dataset904_Balls");
    CommandLineFixture again = train(command);
    assertThat(again.exitCode()).isEqualTo(3);
    assertThat(again.err()).contains("holds a finished training");
  }

  @Test
  void wrongOptionsAreUsageErrors() {
    String dataset = folder.toString();
    String out = folder.resolve("model").toString();
    assertUsage("--minutes or --iterations", "--dataset", dataset, "-o", out);
    assertUsage("--minutes or --iterations", "--dataset", dataset, "-o", out, "--minutes", "1",
        "--iterations", "1");
    assertUsage("--width must be", "--dataset", dataset, "-o", out, "--minutes", "1", "--width",
        "2");
    assertUsage("--synthetic is a share", "--dataset", dataset, "-o", out, "--minutes", "1",
        "--synthetic", "2");
  }

  private void assertUsage(String message, String... options) {
    CommandLineFixture run = train(options);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(message);
  }

  @Test
  void anUnknownHoldoutGetsASuggestion() throws IOException {
    Path raw = SyntheticDataset.write(folder.resolve("Dataset904_Balls"), 3);
    CommandLineFixture run = train("--dataset", raw.toString(), "--holdout", "cubes", "--minutes",
        "1", "-o", folder.resolve("model").toString());
    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("did you mean cube?");
  }
}
