package io.fiducia.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the phantom is for: a few minutes of training on the source clinic segment its organs, and
 * the model loses much at the target clinic. docs/phantom-images.md records a run of it. Needs a
 * machine of its own: what else runs there takes steps from the training.
 */
@Tag("long")
class DomainGapTest {
  private static final List<String> ORGANS = List.of("Bladder", "Anorectum", "Femur_Head_L",
      "Femur_Head_R", "Uterus");

  @TempDir
  private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"ct", "mr"})
  void aModelOfTheSourceLosesAtTheTarget(String modality) throws IOException {
    Path source = cohort("Dataset900_Source", modality, "source", 30, 6);
    Path target = cohort("Dataset901_Target", modality, "target", 8, 7);
    run("demo", "--dataset", source.toString(), "--minutes", "4", "-o", path("demo"), "-q");
    run("nnunet", "predict", "-i", target.resolve("imagesTs").toString(), "-o", path("predictions"),
        "-m", path("demo/model"), "-f", "0", "-q");
    run("evaluate", "-r", target.resolve("labelsTs").toString(), "-p", path("predictions"), "-o",
        path("scores"), "-q");

    JsonNode report = read("demo/report.json");
    double organs = ORGANS.stream()
        .mapToDouble(o -> report.path("structures").path(o).path("mean_dice").asDouble())
        .average().orElseThrow();
    double there = read("scores/summary.json").path("foreground_mean").path("Dice").asDouble();
    assertThat(organs).isGreaterThanOrEqualTo(0.75);
    assertThat(report.path("structures").path("CTVn").path("mean_dice").asDouble())
        .isLessThan(organs);
    assertThat(report.path("mean_dice").asDouble() - there).isGreaterThanOrEqualTo(0.1);
  }

  private Path cohort(String name, String modality, String domain, int cases, int test) {
    run("phantom", path(name), "--modality", modality, "--domain", domain, "--size", "small",
        "--cases", String.valueOf(cases), "--test", String.valueOf(test), "--seed",
        domain.equals("source") ? "0" : "5", "-q");
    return folder.resolve(name);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private JsonNode read(String name) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(folder.resolve(name)));
  }

  private static void run(String... command) {
    CommandLineFixture result = CommandLineFixture.run(command);
    assertThat(result.exitCode()).as(result.err()).isZero();
  }
}
