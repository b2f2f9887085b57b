package io.fiducia.app.commands.nnunet;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.app.Main;
import io.fiducia.app.cli.Console;
import io.fiducia.base.Cancellation;
import io.fiducia.base.SeededRandom;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The steps one after another on bright cubes in noise. */
@Tag("long")
class NnunetWorkflowTest {
  private static final int EDGE = 24;
  private static final String NAME = "Dataset901_Cubes";

  @TempDir
  private Path folder;

  @Test
  void fromPlanToScoresWithAStopBetween() throws Exception {
    dataset();
    Path raw = folder.resolve("raw").resolve(NAME);
    Path preprocessed = folder.resolve("preprocessed").resolve(NAME);
    ok("nnunet", "plan", "-d", "901");
    assertThat(preprocessed.resolve("nnUNetPlans.json")).exists();
    assertThat(preprocessed.resolve("dataset_fingerprint.json")).exists();
    String[] train = {"nnunet", "train", "901", "3d_fullres", "0", "--iterations", "5", "--epochs",
      "2", "-device", "cpu"};
    CommandLineFixture early = CommandLineFixture.run(environment(), train);
    assertThat(early.exitCode()).isEqualTo(3);
    assertThat(early.err()).contains("nnunet preprocess -d " + NAME);
    ok("nnunet", "preprocess", "-d", NAME, "-c", "3d_fullres", "-np", "2");

    Path model = folder.resolve("results").resolve(NAME)
        .resolve("nnUNetTrainer__nnUNetPlans__3d_fullres");
    Path fold = model.resolve("fold_0");
    stopAfterTheFirstEpoch(train, fold);
    assertThat(fold.resolve("checkpoint_final.pth")).doesNotExist();
    assertThat(CommandLineFixture.run(environment(), train).exitCode()).isEqualTo(3);
    ok("nnunet", "train", "901", "3d_fullres", "0", "--iterations", "5", "--epochs", "2",
        "-device", "cpu", "--c");
    for (String file : new String[]{"plans.json", "dataset.json", "dataset_fingerprint.json",
      "fold_0/checkpoint_final.pth", "fold_0/checkpoint_best.pth",
      "fold_0/validation/summary.json"}) {
      assertThat(model.resolve(file)).exists();
    }
    CommandLineFixture again = CommandLineFixture.run(environment(), train);
    assertThat(again.exitCode()).isEqualTo(3);
    assertThat(again.err()).contains("trained already", "--overwrite");

    Path out = folder.resolve("out");
    ok("nnunet", "predict", "-i", raw.resolve("imagesTs").toString(), "-o", out.toString(), "-d",
        "901", "-c", "3d_fullres", "-f", "0", "-chk", "checkpoint_best.pth", "-step_size", "0.5",
        "-device", "cpu", "--compat", "fp16");
    assertThat(out.resolve("cube_7.nii.gz")).exists();
    assertThat(out.resolve("plans.json")).exists();
    ok("nnunet", "evaluate", raw.resolve("labelsTs").toString(), out.toString(), "-djfile",
        out.resolve("dataset.json").toString(), "-pfile", out.resolve("plans.json").toString());
    assertThat(JsonMapper.shared().readTree(Files.readString(out.resolve("summary.json")))
        .path("metric_per_case").size()).isEqualTo(1);
    afterTraining(raw, model);
  }

  /** Probabilities, an ensemble, the choice of a model and its post-processing, a zip and back. */
  private void afterTraining(Path raw, Path model) throws IOException {
    String images = raw.resolve("imagesTs").toString();
    Path a = folder.resolve("a");
    Path b = folder.resolve("b");
    Path mean = folder.resolve("mean");
    ok("nnunet", "predict", "-i", images, "-o", a.toString(), "-m", model.toString(),
        "--save_probabilities", "-f", "0", "--disable_tta");
    assertThat(a.resolve("cube_7.npz")).exists();
    assertThat(a.resolve("cube_7.pkl")).exists();
    // One of the same twice is itself.
    ok("nnunet", "predict", "-i", images, "-o", b.toString(), "-m", model.toString(),
        "--save_probabilities", "-f", "0", "--disable_tta");
    ok("nnunet", "ensemble", "-i", a.toString(), b.toString(), "-o", mean.toString(),
        "--save_npz");
    assertThat(mean.resolve("cube_7.nii.gz")).hasSameBinaryContentAs(a.resolve("cube_7.nii.gz"));
    assertThat(mean.resolve("cube_7.npz")).hasSameBinaryContentAs(a.resolve("cube_7.npz"));
    // What is there is kept, and what is not is made.
    Files.delete(a.resolve("cube_7.npz"));
    ok("nnunet", "predict", "-i", images, "-o", a.toString(), "-m", model.toString(),
        "--save_probabilities", "--continue_prediction", "-f", "0", "--disable_tta");
    assertThat(a.resolve("cube_7.npz")).hasSameBinaryContentAs(b.resolve("cube_7.npz"));

    ok("nnunet", "find-best-configuration", "901", "-c", "3d_fullres", "-f", "0");
    Path gathered = model.resolve("crossval_results_folds_0");
    assertThat(gathered.resolve("postprocessed").resolve("summary.json")).exists();
    Path models = model.getParent();
    assertThat(Files.readString(models.resolve("inference_instructions.txt")))
        .contains("fiducia nnunet predict -d " + NAME + " -i INPUT_FOLDER -o OUTPUT_FOLDER -f 0"
            + " -tr nnUNetTrainer -c 3d_fullres -p nnUNetPlans")
        .contains("-pp_pkl_file " + gathered.resolve("postprocessing.pkl"));
    assertThat(JsonMapper.shared()
        .readTree(Files.readString(models.resolve("inference_information.json")))
        .at("/best_model_or_ensemble/selected_model_or_models/0/configuration").asString())
        .isEqualTo("3d_fullres");
    ok("nnunet", "apply-postprocessing", "-i", mean.toString(), "-o",
        folder.resolve("pp").toString(), "-pp_pkl_file",
        gathered.resolve("postprocessing.pkl").toString());
    assertThat(folder.resolve("pp").resolve("cube_7.nii.gz")).exists();

    String zip = folder.resolve("model.zip").toString();
    ok("nnunet", "export-model", "-d", "901", "-o", zip, "-c", "3d_fullres", "-f", "0");
    CommandLineFixture there = CommandLineFixture.run(environment(), "nnunet", "import-model",
        zip);
    assertThat(there.exitCode()).isEqualTo(3);
    assertThat(there.err()).contains("there already", "--overwrite");
    Path elsewhere = folder.resolve("elsewhere");
    ok("nnunet", "import-model", zip, "--results", elsewhere.toString());
    Path copy = elsewhere.resolve(NAME).resolve(model.getFileName());
    assertThat(copy.resolve("fold_0").resolve("checkpoint_final.pth"))
        .hasSameBinaryContentAs(model.resolve("fold_0").resolve("checkpoint_final.pth"));
    assertThat(copy.resolve("plans.json")).exists();
  }

  private void stopAfterTheFirstEpoch(String[] train, Path fold) throws Exception {
    Cancellation stop = new Cancellation();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrintStream streams = new PrintStream(text, true, StandardCharsets.UTF_8);
    CompletableFuture<Integer> code = CompletableFuture.supplyAsync(
        () -> Main.run(train, streams, streams, environment(), Console.Style.plain(), stop));
    while (!Files.exists(fold.resolve("checkpoint_latest.pth")) && !code.isDone()) {
      Thread.sleep(2);
    }
    stop.cancel();
    assertThat(code.get()).as(text.toString(StandardCharsets.UTF_8)).isEqualTo(130);
  }

  private Map<String, String> environment() {
    Map<String, String> variables = new LinkedHashMap<>();
    for (String kind : new String[]{"raw", "preprocessed", "results"}) {
      variables.put("nnUNet_" + kind, folder.resolve(kind).toString());
    }
    return variables;
  }

  private void ok(String... args) {
    CommandLineFixture result = CommandLineFixture.run(environment(), args);
    assertThat(result.exitCode()).as(result.err()).isZero();
  }

  private void dataset() throws IOException {
    Path raw = folder.resolve("raw").resolve(NAME);
    Geometry geometry = new Geometry(new Size(EDGE, EDGE, EDGE), new Vec3(1, 1, 1),
        new Vec3(0, 0, 0), Mat3.IDENTITY);
    SeededRandom random = SeededRandom.of(0, "cubes");
    for (int c = 0; c < 8; c++) {
      float[] image = new float[EDGE * EDGE * EDGE];
      short[] label = new short[image.length];
      for (int i = 0; i < image.length; i++) {
        int x = i % EDGE;
        int y = i / EDGE % EDGE;
        int z = i / EDGE / EDGE;
        boolean inside = Math.abs(x - 12) < 5 && Math.abs(y - 10 - c % 3) < 5
            && Math.abs(z - 12) < 6;
        label[i] = (short) (inside ? 1 : 0);
        image[i] = 100 * label[i] + 50 * random.nextFloat() + 10;
      }
      String part = c == 7 ? "Ts" : "Tr";
      for (String kind : new String[]{"images", "labels"}) {
        Files.createDirectories(raw.resolve(kind + part));
      }
      NiftiWriter.writeFloats(raw.resolve("images" + part).resolve("cube_" + c + "_0000.nii.gz"),
          new FloatVolume(geometry, image));
      NiftiWriter.writeLabels(raw.resolve("labels" + part).resolve("cube_" + c + ".nii.gz"),
          new LabelVolume(geometry, label));
    }
    Files.writeString(raw.resolve("dataset.json"), """
        {"channel_names": {"0": "MRI"}, "labels": {"background": 0, "cube": 1},
         "numTraining": 7, "file_ending": ".nii.gz"}
        """);
  }
}
