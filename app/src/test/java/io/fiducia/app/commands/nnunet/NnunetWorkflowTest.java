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
