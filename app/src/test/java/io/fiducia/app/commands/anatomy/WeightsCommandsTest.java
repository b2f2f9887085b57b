package io.fiducia.app.commands.anatomy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Dataset numbers, folders and addresses: TotalSegmentator 2.18 and the digest of CADS's source. */
class WeightsCommandsTest {
  private static final String BREASTS = "Dataset527_breasts_1559subj";
  private static final String TRAINER = "nnUNetTrainer_DASegOrd0_NoMirroring__nnUNetPlans__3d_fullres";

  @TempDir
  Path folder;

  private Path root() {
    return folder.resolve("weights");
  }

  private CommandLineFixture run(String... args) {
    return CommandLineFixture.run(Map.of("TOTALSEG_WEIGHTS_PATH", root().toString(),
        "CADS_WEIGHTS_PATH", root().toString()), args);
  }

  private Path zip(String dataset, String model, String label) throws IOException {
    String plans = Files.readString(Path.of(System.getProperty("fiducia.root"),
        "anatomy/src/test/resources/io/fiducia/anatomy/weights/plans.json"))
        .replace("FOLDER", dataset).replace("CONFIGURATION", "3d_fullres")
        .replace("PLANS", "nnUNetPlans").replace("SPACING", "[1.5, 1.5, 1.5]");
    Path zip = folder.resolve(dataset + ".zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (Map.Entry<String, String> e : Map.of("plans.json", plans, "dataset.json",
          "{\"channel_names\": {\"0\": \"CT\"}, \"labels\": {\"background\": 0, \"" + label
              + "\": 1}, \"numTraining\": 1, \"file_ending\": \".nii.gz\"}",
          "fold_0/checkpoint_final.pth", "not read").entrySet()) {
        out.putNextEntry(new ZipEntry(dataset + "/" + model + "/" + e.getKey()));
        out.write(e.getValue().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
    }
    return zip;
  }

  private static JsonNode task(CommandLineFixture result, String name) {
    for (JsonNode task : result.json().path("tasks")) {
      if (task.path("task").asString().equals(name)) {
        return task;
      }
    }
    throw new AssertionError("no task " + name + " in " + result.out());
  }

  private static List<Integer> datasets(JsonNode task) {
    List<Integer> numbers = new ArrayList<>();
    task.path("datasets").forEach(n -> numbers.add(n.asInt()));
    return numbers;
  }

  @Test
  void everyTaskIsListedWithItsDatasetsAndLicence() {
    CommandLineFixture text = run("totalsegmentator", "weights");
    assertThat(text.exitCode()).isZero();
    assertThat(text.out()).contains("291 organs, 292 vertebrae, 293 cardiac, 294 muscles, 295 ribs",
        "117 + 297", "missing", "#490",
        "CC BY-NC", "licence number", "0 of 51 tasks can run", "there is no such folder");
    CommandLineFixture json = run("totalsegmentator", "weights", "--json");
    assertThat(json.json().path("tasks")).hasSize(51);
    assertThat(datasets(task(json, "total"))).containsExactlyInAnyOrder(291, 292, 293, 294, 295,
        297, 298);
    assertThat(task(json, "total").path("found").asBoolean()).isFalse();
    assertThat(task(json, "heartchambers_highres").path("licence_number_needed").asBoolean())
        .isTrue();
  }

  @Test
  void oneTaskIsToldInFull() {
    CommandLineFixture text = run("totalsegmentator", "weights", "--task", "lung_vessels");
    assertThat(text.out()).contains(
        "https://github.com/wasserth/TotalSegmentator/releases/download/v2.5.0-weights/"
            + "Dataset117_lung_airways_arteries_veins_282subj.zip",
        root().resolve("Dataset297_TotalSegmentator_total_3mm_1559subj").toString(),
        "fiducia totalsegmentator weights import ZIP").doesNotContain("liver");
    CommandLineFixture unknown = run("totalsegmentator", "weights", "--task", "lung_vesels");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).contains("did you mean lung_vessels?");
  }

  @Test
  void anImportedZipIsFound() throws IOException {
    String zip = zip(BREASTS, TRAINER, "breast").toString();
    CommandLineFixture imported = run("totalsegmentator", "weights", "import", zip);
    assertThat(imported.err()).isEmpty();
    assertThat(imported.exitCode()).isZero();
    Path model = root().resolve(BREASTS).resolve(TRAINER);
    assertThat(imported.out().strip()).isEqualTo(model.toString());
    JsonNode breasts = task(run("totalsegmentator", "weights", "--json"), "breasts");
    assertThat(breasts.path("runs").asBoolean()).isTrue();
    assertThat(breasts.path("variants").get(0).path("networks").get(0).path("path").asString())
        .isEqualTo(model.toString());
    assertThat(run("totalsegmentator", "weights", "import", zip).exitCode()).isEqualTo(3);
    assertThat(run("totalsegmentator", "weights", "import", zip, "--overwrite").exitCode())
        .isZero();
    Files.delete(model.resolve("fold_0/checkpoint_final.pth"));
    assertThat(run("totalsegmentator", "weights").out())
        .contains("dataset 527, TotalSegmentator task breasts: wrong",
            "expected fold_0/checkpoint_final.pth");
  }

  @Test
  void aZipOfNoTaskIsRefused() throws IOException {
    CommandLineFixture result = run("totalsegmentator", "weights", "import",
        zip("Dataset528_mine", TRAINER, "breast").toString());
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err()).contains("no task of TotalSegmentator uses dataset 528", "527");
    assertThat(root()).doesNotExist();
  }

  @Test
  void cadsIsListedWithItsSetsOfWeights() {
    CommandLineFixture text = run("cads", "weights");
    assertThat(text.out()).contains("556", "reference", "research", "open", "EXACT09",
        "CC BY-SA 4.0", "607   region", "0 of 22 tasks can run");
    JsonNode pelvis = task(run("cads", "weights", "--task", "556", "--json"), "556");
    assertThat(pelvis.path("variants")).hasSize(3);
    CommandLineFixture nowhere = CommandLineFixture.run("cads", "weights");
    assertThat(nowhere.exitCode()).isZero();
    assertThat(nowhere.out()).contains("set CADS_WEIGHTS_PATH");
    CommandLineFixture head = run("cads", "weights", "--task", "558");
    assertThat(head.out()).contains("558 + 552 553");
  }

  @Test
  void cadsImportAsksForAPlaceAndAKnownSet() {
    assertThat(CommandLineFixture.run("cads", "weights", "import", "x.zip").err())
        .contains("CADS_WEIGHTS_PATH", "--weights");
    CommandLineFixture set = run("cads", "weights", "import", "x.zip", "-license", "free");
    assertThat(set.exitCode()).isEqualTo(2);
    assertThat(run("cads", "weights", "import", folder.resolve("x.zip").toString()).exitCode())
        .isEqualTo(3);
  }

  @Test
  void doctorTellsWhichTasksCanRun() throws IOException {
    assertThat(run("doctor").out()).contains("0 of 51 tasks can run", "0 of 22 tasks can run",
        "fiducia totalsegmentator weights");
    run("totalsegmentator", "weights", "import", zip(BREASTS, TRAINER, "breast").toString());
    assertThat(run("doctor").out()).contains("1 of 51 tasks can run: breasts",
        root().toString());
  }
}
