package io.fiducia.app.commands.nnunet;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.testing.SyntheticDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NnunetCommandsTest {
  @TempDir
  private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"fingerprint", "plan", "preprocess", "train", "predict", "evaluate"})
  void everyCommandHasHelpWithAnExample(String command) {
    CommandLineFixture help = CommandLineFixture.run("nnunet", command, "--help");
    assertThat(help.exitCode()).as(help.err()).isZero();
    assertThat(help.out()).contains("Example", "fiducia nnunet " + command);
  }

  @Test
  void aMissingFolderIsNamedByItsVariable() {
    CommandLineFixture plan = CommandLineFixture.run("nnunet", "plan", "-d", "4", "--raw",
        folder.toString());
    assertThat(plan.exitCode()).isEqualTo(2);
    assertThat(plan.err()).contains("nnUNet_preprocessed is not set", "--preprocessed DIR");
    CommandLineFixture fingerprint = CommandLineFixture.run("nnunet", "fingerprint", "-d", "4",
        "--preprocessed", folder.toString());
    assertThat(fingerprint.exitCode()).isEqualTo(2);
    assertThat(fingerprint.err()).contains("nnUNet_raw is not set");
    CommandLineFixture train = CommandLineFixture.run(
        Map.of("nnUNet_preprocessed", folder.toString()), "nnunet", "train", "4", "2d", "0");
    assertThat(train.exitCode()).isEqualTo(2);
    assertThat(train.err()).contains("nnUNet_results is not set");
  }

  @Test
  void datasetsAreFoundByNumberAndByName() throws IOException {
    Files.createDirectories(folder.resolve("Dataset004_Hippocampus"));
    Files.createDirectories(folder.resolve("Dataset040_Other"));
    Map<String, String> environment = Map.of("nnUNet_raw", folder.toString(),
        "nnUNet_preprocessed", folder.toString());
    for (String word : List.of("4", "004", "Dataset004_Hippocampus")) {
      CommandLineFixture found = CommandLineFixture.run(environment, "nnunet", "plan", "-d", word);
      assertThat(found.exitCode()).isEqualTo(3);
      assertThat(found.err()).contains("dataset.json is missing", "Dataset004_Hippocampus");
    }
    assertThat(CommandLineFixture.run(environment, "nnunet", "plan", "-d", "5").err())
        .contains("no such dataset", "Dataset005_NAME");
    assertThat(CommandLineFixture.run(environment, "nnunet", "plan", "-d", "Hippocampus")
        .exitCode()).isEqualTo(2);
    Files.createDirectories(folder.resolve("Dataset004_Twin"));
    CommandLineFixture twice = CommandLineFixture.run(environment, "nnunet", "plan", "-d", "4");
    assertThat(twice.exitCode()).isEqualTo(3);
    assertThat(twice.err()).contains("several datasets", "Dataset004_Twin");
  }

  @Test
  void aModelsPlansAreAdopted() throws IOException {
    SyntheticDataset.write(folder.resolve("raw/Dataset004_Source"), 3);
    SyntheticDataset.write(folder.resolve("raw/Dataset005_Target"), 2);
    Map<String, String> environment = Map.of("nnUNet_raw", folder.resolve("raw").toString(),
        "nnUNet_preprocessed", folder.resolve("preprocessed").toString());
    assertThat(CommandLineFixture.run(environment, "nnunet", "plan", "-d", "4", "5").exitCode())
        .isZero();
    Path source = folder.resolve("preprocessed/Dataset004_Source/nnUNetPlans.json");

    CommandLineFixture taken = CommandLineFixture.run(environment, "nnunet", "plan", "-d", "5",
        "--like", source.toString());
    assertThat(taken.exitCode()).isEqualTo(3);
    assertThat(taken.err()).contains("other plans of this name", "-overwrite_plans_name");
    Files.writeString(source, Files.readString(source).replaceFirst("\\{", "{\"newer\": 1,"));
    CommandLineFixture named = CommandLineFixture.run(environment, "nnunet", "plan", "-d", "5",
        "--like", source.toString(), "-overwrite_plans_name", "Adopted");
    assertThat(named.exitCode()).as(named.err()).isZero();
    assertThat(named.err()).contains("newer");
    assertThat(folder.resolve("preprocessed/Dataset005_Target/Adopted.json")).content()
        .contains("\"newer\"", "Dataset005_Target", "Adopted_3d_fullres");
    CommandLineFixture prepared = CommandLineFixture.run(environment, "nnunet", "preprocess", "-d",
        "5", "-plans_name", "Adopted", "-c", "3d_fullres");
    assertThat(prepared.exitCode()).as(prepared.err()).isZero();
    assertThat(prepared.err()).contains("keys of another version");
    assertThat(CommandLineFixture.run(environment, "nnunet", "plan", "-d", "5", "--like", "nowhere")
        .err()).contains("no plans to adopt");
  }

  @Test
  void splitsBesideTheRawDataAreTakenOver() throws IOException {
    Path raw = SyntheticDataset.write(folder.resolve("raw/Dataset004_Split"), 2);
    String splits = "[{\"train\": [\"ball_1\"], \"val\": [\"ball_0\"]}]";
    Files.writeString(raw.resolve("splits_final.json"), splits);
    Map<String, String> environment = Map.of("nnUNet_raw", folder.resolve("raw").toString(),
        "nnUNet_preprocessed", folder.resolve("preprocessed").toString());
    assertThat(CommandLineFixture.run(environment, "nnunet", "plan", "-d", "4").exitCode())
        .isZero();
    Path copy = folder.resolve("preprocessed/Dataset004_Split/splits_final.json");
    assertThat(copy).content().contains("ball_1");
    Files.writeString(copy, splits.replace("ball_1", "ball_9"));
    CommandLineFixture differs = CommandLineFixture.run(environment, "nnunet", "plan", "-d", "4");
    assertThat(differs.exitCode()).isEqualTo(3);
    assertThat(differs.err()).contains("two different splits");
  }

  @Test
  void aModelIsNamedInOneWay() {
    CommandLineFixture both = CommandLineFixture.run("nnunet", "predict", "-i", "a", "-o", "b",
        "-m", "c", "-d", "4", "-f", "0", "1");
    assertThat(both.exitCode()).isEqualTo(2);
    assertThat(both.err()).contains("give -m, or -d and -c");
  }
}
