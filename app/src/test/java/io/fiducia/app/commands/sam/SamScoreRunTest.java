package io.fiducia.app.commands.sam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.app.cli.Console;
import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.DeviceChoice;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.promptable.score.PromptScore;
import io.fiducia.promptable.score.PromptScoring;
import io.fiducia.promptable.slice.ModelIdentity;
import io.fiducia.promptable.slice.SliceAnswer;
import io.fiducia.promptable.slice.SliceEmbedding;
import io.fiducia.promptable.slice.SliceModel;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.promptable.slice.SlicePrompts;
import io.fiducia.promptable.volume.PropagationSettings.Carry;
import io.fiducia.testing.SyntheticDataset;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SamScoreRunTest {
  @TempDir
  private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private int answered;
  private final List<Integer> encoded = new ArrayList<>();

  /** Finds all bright pixels of the box, or of the picture. */
  private final class Bright implements SliceModel {
    @Override
    public ModelIdentity identity() {
      return new ModelIdentity("bright", "c".repeat(64));
    }

    @Override
    public SliceEmbedding embed(SlicePicture picture) {
      int side = Math.max(picture.width(), picture.height());
      float[] features = new float[side * side];
      System.arraycopy(picture.grey(), 0, features, 0, picture.grey().length);
      encoded.add(Arrays.hashCode(picture.grey()));
      return new SliceEmbedding(identity(), picture.width(), picture.height(), 1, side, features);
    }

    @Override
    public List<SliceAnswer> answer(SliceEmbedding e, SlicePrompts prompts) {
      answered++;
      float[] p = new float[e.width() * e.height()];
      for (int i = 0; i < p.length; i++) {
        int x = i % e.width();
        int y = i / e.width();
        boolean in = prompts.boxes().stream()
            .allMatch(b -> x >= b.x0() && x <= b.x1() && y >= b.y0() && y <= b.y1());
        p[i] = in && e.features()[i] > 127 ? 1 : 0;
      }
      return List.of(new SliceAnswer(0, p, 0.9, p));
    }

    @Override
    public float[] maskPrompt(int width, int height, float[] probabilities) {
      return probabilities;
    }

    @Override
    public void close() {}
  }

  private Context context() {
    return new Context(new Console(new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8), Console.Style.plain()),
        new Cancellation(), Map.of(), false, false, OptionalLong.empty(), 1,
        new DeviceChoice(DeviceChoice.Kind.CPU, 0));
  }

  private static SamScoreOptions options(String... args) {
    return CommandLine.populateCommand(new SamScoreOptions(), args);
  }

  private PromptScoring.Result run(String... args) {
    return new SamScoreRun(new Bright(), Carry.BOX, options(args), folder.resolve("out"),
        context()).run();
  }

  private Path dataset() throws IOException {
    return SyntheticDataset.write(folder.resolve("Dataset001_Balls"), 3);
  }

  private static double dice(PromptScoring.Result result, String system, int interactions) {
    return result.scores().stream()
        .filter(s -> s.system().equals(system) && s.interactions() == interactions)
        .mapToDouble(s -> s.values().get("Dice")).average().orElseThrow();
  }

  @Test
  void aDatasetWithoutTestCasesIsScoredOnItsTrainingCases() throws IOException {
    PromptScoring.Result result = run("--dataset", dataset().toString(), "--interactions", "3",
        "--structures", "ball", "--cases", "2", "--window", "0", "250");
    assertThat(result.problems()).isEmpty();
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("the training cases are scored");
    // The model, interpolation, two rules, contours by hand; two cases, three interactions.
    assertThat(result.scores()).hasSize(5 * 2 * 3).extracting(PromptScore::structure)
        .containsOnly("ball");
    assertThat(dice(result, "contours-interpolated", 3))
        .isGreaterThan(dice(result, "contours-interpolated", 1));
    SamScoreReport report = new SamScoreReport(result);
    SamScoreReport.Tables tables = SamScoreReport.Tables.in(folder.resolve("out"));
    report.write(tables);
    List<String> metrics = Files.readAllLines(tables.metrics());
    assertThat(metrics.getFirst())
        .isEqualTo("case,structure,metric,value,unit,interactions,seconds");
    assertThat(metrics).hasSize(1 + 2 * 3 * 2);
    assertThat(Files.readAllLines(tables.systems())).hasSize(1 + 5 * 2 * 3 * 2);
    report.print(context().console());
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("otsu-in-box", "NSD@2mm");
    assertThat(report.document().get("systems").toString()).contains("interactions=3");
  }

  @Test
  void theSameRunAgainTakesWhatWasKept() throws IOException {
    String[] args = {"--dataset", dataset().toString(), "--interactions", "2", "--cases", "1",
      "--window", "0", "250"};
    PromptScoring.Result first = run(args);
    int before = answered;
    assertThat(before).isPositive();
    assertThat(run(args).scores()).isEqualTo(first.scores());
    assertThat(answered).isEqualTo(before);
  }

  /** Encoding takes nearly all of the time of a real model: both structures are in the same slices. */
  @Test
  void structuresShareTheSlicesOfAnImage() throws IOException {
    run("--dataset", dataset().toString(), "--interactions", "2", "--cases", "1", "--window", "0",
        "250");
    assertThat(encoded).isNotEmpty().doesNotHaveDuplicates();
    assertThat(folder.resolve("out/embeddings")).doesNotExist();
  }

  /** One image with two people's scribbles: bright left half. */
  @Test
  void peoplesScribblesAreScored() throws IOException {
    Geometry grid = Geometry.of(new Size(8, 6, 1), new Vec3(1, 1, 1));
    float[] image = new float[48];
    short[] label = new short[48];
    short[] drawn = new short[48];
    for (int i = 0; i < 48; i++) {
      boolean in = i % 8 >= 1 && i % 8 <= 3 && i / 8 >= 1 && i / 8 <= 4;
      image[i] = in ? 100 : i % 2;
      label[i] = (short) (in ? 1 : 0);
      drawn[i] = (short) (i % 8 == 2 && i / 8 >= 2 && i / 8 <= 3 ? 1 : i % 8 == 6 ? 2 : 0);
    }
    Path task = Files.createDirectories(folder.resolve("people/TASK"));
    NiftiWriter.writeFloats(task.resolve("a_image.nii.gz"), new FloatVolume(grid, image));
    NiftiWriter.writeLabels(task.resolve("a_label.nii.gz"), new LabelVolume(grid, label));
    for (int person = 0; person < 2; person++) {
      NiftiWriter.writeLabels(task.resolve("a_scribble" + person + ".nii.gz"),
          new LabelVolume(grid, drawn));
    }
    String people = folder.resolve("people").toString();
    PromptScoring.Result boxes = run("--scribbles", people, "--prompts", "box");
    assertThat(dice(boxes, "sam", 1)).isEqualTo(1);
    assertThat(dice(boxes, "otsu-in-box", 1)).isEqualTo(1);
    PromptScoring.Result scribbles = run("--scribbles", people, "--prompts", "scribbles");
    assertThat(scribbles.scores()).extracting(PromptScore::caseId).containsOnly("a_person0",
        "a_person1");
    assertThat(dice(scribbles, "sam", 2)).isEqualTo(1);
    assertThat(dice(scribbles, "nearest-scribble", 2)).isBetween(0.3, 0.9);
    Files.delete(task.resolve("a_label.nii.gz"));
    assertThatThrownBy(() -> run("--scribbles", people)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("a_label.nii.gz");
  }

  @Test
  void namesWhatIsWrongWithTheOptions() {
    List<String[]> wrong = new ArrayList<>(List.of(new String[]{},
        new String[]{"--dataset", "d", "--scribbles", "s"},
        new String[]{"--scribbles", "s", "--prompts", "points"},
        new String[]{"--dataset", "d", "--interactions", "0"},
        new String[]{"--dataset", "d", "--every", "-1"},
        new String[]{"--dataset", "d", "--cases", "0"},
        new String[]{"--dataset", "d", "--tolerance", "-1"}));
    for (String[] args : wrong) {
      assertThat(options(args).fault()).as(String.join(" ", args)).isPresent();
    }
    assertThat(options("--dataset", "d", "--prompts", "mixed").fault()).isEmpty();
    assertThatThrownBy(() -> options("--dataset", "d", "--window", "5", "5").window())
        .isInstanceOf(FiduciaException.class);
    assertThatThrownBy(() -> options("--dataset", "d", "--prompts", "lines").fault())
        .isInstanceOf(FiduciaException.class);
    assertThatThrownBy(() -> run("--scribbles", folder.toString()))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("no scribbled images");
  }
}
