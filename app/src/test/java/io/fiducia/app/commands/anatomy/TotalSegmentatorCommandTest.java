package io.fiducia.app.commands.anatomy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command with TotalSegmentator's own options, on the fixture of module anatomy. */
class TotalSegmentatorCommandTest {
  private static final Path FIXTURE = Path.of(System.getProperty("fiducia.root"))
      .resolve("anatomy/src/test/resources/io/fiducia/anatomy/fixture");
  private static final Path SCAN = FIXTURE.resolve("scan_pir.nii.gz");

  @TempDir
  private Path folder;

  private CommandLineFixture run(Object... arguments) {
    List<String> words = new ArrayList<>(List.of("totalsegmentator", "--weights",
        FIXTURE.resolve("weights").toString(), "--device", "cpu"));
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    return CommandLineFixture.run(words.toArray(String[]::new));
  }

  @Test
  void shortOptionsOfTheOriginalWorkTogether() throws IOException {
    Path map = folder.resolve("all.nii.gz");
    Path statistics = folder.resolve("figures.json");
    Path report = folder.resolve("run.json");
    CommandLineFixture result = run("-i", SCAN, "-o", map, "-ml", "-f", "-rmb", "-s", statistics,
        "-p", "-nr", 2, "-ns", 3, "-rp", report, "-d", "gpu", "-q");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(map).exists();
    assertThat(folder.resolve("preview_total.png")).exists();
    assertThat(JsonMapper.shared().readTree(Files.readAllBytes(statistics)).size())
        .isEqualTo(117);
    JsonNode facts = JsonMapper.shared().readTree(Files.readAllBytes(report));
    assertThat(facts.path("task").asString()).isEqualTo("total");
    assertThat(facts.path("fast").asBoolean()).isTrue();
  }

  @Test
  void namesOfTg263AndStructuresThatAPatientCannotHave() {
    CommandLineFixture result = run("-i", SCAN, "-o", folder, "-f", "--names", "tg263", "--sex",
        "female");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err()).contains("left out for a patient of this sex: prostate");
    assertThat(folder.resolve("Bladder.nii.gz")).exists();
    assertThat(folder.resolve("Prostate.nii.gz")).doesNotExist();
    assertThat(folder.resolve("urinary_bladder.nii.gz")).doesNotExist();
  }

  @Test
  void missingWeightsAreBadInputThatSaysWhatToGetAndUnderWhichLicence() {
    CommandLineFixture result = run("-i", SCAN, "-o", folder.resolve("out"), "--task", "total_mr");
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err()).contains("total_mr", "Dataset850_", "dataset 851", "licence",
        "github.com/wasserth/TotalSegmentator", "weights import");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"--task totl | did you mean total?",
    "-rs liverr | did you mean liver?", "-sl | --fast or --fastest only",
    "-ro 7 | between 0 and 5", "-ot dicom_seg | not offered yet",
    "--task teeth -f | no faster variant",
    "--task body -rs body_trunc | no subset", "-ms small | total_v3"})
  void whatDoesNotFitIsAUsageErrorBeforeAnythingIsComputed(String options, String message) {
    List<Object> words = new ArrayList<>(List.of("-i", SCAN, "-o", folder.resolve("out")));
    words.addAll(List.of(options.split(" ")));
    CommandLineFixture result = run(words.toArray());
    assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
    assertThat(result.err()).contains(message);
  }

  @Test
  void aFileWithoutMlAndAFolderWithMlAreUsageErrors() {
    assertThat(run("-i", SCAN, "-o", folder.resolve("x.nii.gz"), "-f").exitCode()).isEqualTo(2);
    assertThat(run("-i", SCAN, "-o", folder, "-f", "--ml").exitCode()).isEqualTo(2);
  }

  @Test
  void tasksAndStructuresAreListed() {
    JsonNode tasks = JsonMapper.shared().readTree(run("--list-tasks", "--json").out());
    assertThat(tasks.path("tasks").size()).isEqualTo(51);
    assertThat(run("--task", "body", "-lc").out()).contains("body_trunc", "body_extremities");
  }
}
