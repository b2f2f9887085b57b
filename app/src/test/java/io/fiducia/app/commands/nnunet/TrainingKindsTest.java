package io.fiducia.app.commands.nnunet;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.testing.SyntheticDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Regions, partial annotation and a cascade through the command line, each from plan to scores. */
@Tag("long")
class TrainingKindsTest {
  private static final String NAME = "Dataset904_Balls";

  @TempDir
  private Path folder;

  @Test
  void regionsWithPartialAnnotation() throws IOException {
    Path raw = SyntheticDataset.write(folder.resolve("raw").resolve(NAME), 5);
    SyntheticDataset.json(raw, "{\"background\": 0, \"any\": [1, 2], \"cube\": 2},"
        + " \"regions_class_order\": [1, 2]");
    ok("plan", "-d", "904");
    ok("preprocess", "-d", "904", "-c", "3d_fullres");
    Path file = raw.resolve("annotated_structures.json");
    Files.writeString(file, "{\"annotated\": {\"ball_0\": [\"ball\"]}}");
    CommandLineFixture wrong = run("train", "904", "3d_fullres", "0", "--epochs", "1");
    assertThat(wrong.exitCode()).isEqualTo(3);
    assertThat(wrong.err()).contains("annotated_structures.json", "ball_0", "any", "cube");

    StringBuilder all = new StringBuilder("{\"always\": [\"any\"], \"annotated\": {");
    for (int c = 0; c < 5; c++) {
      all.append(c == 0 ? "" : ",").append("\"ball_").append(c).append("\": []");
    }
    Files.writeString(file, all.append("}}"));
    ok("train", "904", "3d_fullres", "0", "--epochs", "1", "--iterations", "2");
    Path model = model("3d_fullres");
    assertThat(model.resolve("annotated_structures.json")).exists();
    assertThat(model.resolve("fold_0").resolve("progress.png")).exists();
    JsonNode mean = json(model.resolve("fold_0/validation/summary.json")).path("mean");
    // Nobody contoured the cube: it has no score, where the ball has one.
    assertThat(mean.path("(1, 2)").path("Dice").asDouble()).isBetween(0.0, 1.0);
    assertThat(mean.path("2").path("Dice").asDouble()).isNaN();
  }

  @Test
  void bothStagesOfACascade() throws IOException {
    SyntheticDataset.write(folder.resolve("raw").resolve(NAME), 5);
    ok("plan", "-d", "904");
    Path plans = folder.resolve("preprocessed").resolve(NAME).resolve("nnUNetPlans.json");
    Files.writeString(plans, cascade(json(plans)).toString());
    ok("preprocess", "-d", "904", "-c", "3d_fullres", "3d_lowres");
    CommandLineFixture early = run("train", "904", "3d_cascade_fullres", "0", "--epochs", "1");
    assertThat(early.exitCode()).isEqualTo(3);
    assertThat(early.err()).contains("first stage", "every fold");
    for (int fold = 0; fold < 5; fold++) {
      ok("train", "904", "3d_lowres", Integer.toString(fold), "--epochs", "1", "--iterations", "2");
    }
    for (int c = 0; c < 5; c++) {
      assertThat(model("3d_lowres").resolve("predicted_next_stage/3d_cascade_fullres/ball_" + c
          + ".npz")).exists();
    }
    ok("train", "904", "3d_cascade_fullres", "0", "--epochs", "1", "--iterations", "2", "--npz");
    Path validation = model("3d_cascade_fullres").resolve("fold_0/validation");
    assertThat(json(validation.resolve("summary.json")).path("metric_per_case")).hasSize(1);
    assertThat(validation).isDirectoryContaining("glob:**.npz");
  }

  /** Adds a first stage at a coarser spacing, as the planner does for large images. */
  private static JsonNode cascade(JsonNode plans) {
    ObjectNode all = (ObjectNode) plans.get("configurations");
    ObjectNode low = ((ObjectNode) all.get("3d_fullres")).deepCopy();
    low.put("data_identifier", "nnUNetPlans_3d_lowres");
    low.putArray("spacing").add(1.8).add(1.3).add(1.3);
    low.put("next_stage", "3d_cascade_fullres");
    all.set("3d_lowres", low);
    all.putObject("3d_cascade_fullres").put("inherits_from", "3d_fullres")
        .put("previous_stage", "3d_lowres");
    return plans;
  }

  private Path model(String configuration) {
    return folder.resolve("results").resolve(NAME)
        .resolve("nnUNetTrainer__nnUNetPlans__" + configuration);
  }

  private static JsonNode json(Path file) throws IOException {
    return JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build()
        .readTree(Files.readString(file));
  }

  private CommandLineFixture run(String... args) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("nnUNet_raw", folder.resolve("raw").toString());
    variables.put("nnUNet_preprocessed", folder.resolve("preprocessed").toString());
    variables.put("nnUNet_results", folder.resolve("results").toString());
    String[] words = new String[args.length + 1];
    words[0] = "nnunet";
    System.arraycopy(args, 0, words, 1, args.length);
    return CommandLineFixture.run(variables, words);
  }

  private void ok(String... args) {
    CommandLineFixture run = run(args);
    assertThat(run.exitCode()).as(run.err()).isZero();
  }
}
