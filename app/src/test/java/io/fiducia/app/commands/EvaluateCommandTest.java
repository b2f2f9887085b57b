package io.fiducia.app.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.testing.SyntheticDataset;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EvaluateCommandTest {
  @TempDir
  private Path folder;

  private Path references;
  private Path predictions;
  private Path output;

  @BeforeEach
  void twoCases() throws IOException {
    references = Files.createDirectories(folder.resolve("labelsTs"));
    predictions = Files.createDirectories(folder.resolve("pred"));
    output = folder.resolve("scores");
    SyntheticDataset.json(folder, "{\"background\": 0, \"ball\": 1, \"cube\": 2}");
    for (String id : new String[]{"a", "b"}) {
      write(references, id, SyntheticDataset.labels(0));
      write(predictions, id, SyntheticDataset.labels(0));
    }
  }

  @Test
  void perfectPredictionsScoreOneUnderTheKeysOfNnunet() throws IOException {
    CommandLineFixture result = evaluate();
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("ball", "cube", "1.0000");
    JsonNode summary = summary();
    // Keys of nnU-Net 2.8.1's summary.json.
    assertThat(summary.propertyNames()).contains("foreground_mean", "mean", "metric_per_case");
    JsonNode first = summary.path("metric_per_case").path(0);
    assertThat(first.propertyNames()).containsExactlyInAnyOrder("metrics", "prediction_file",
        "reference_file");
    String[] metrics = {"Dice", "IoU", "TP", "FP", "FN", "TN", "n_pred", "n_ref"};
    assertThat(first.path("metrics").propertyNames()).containsExactly("1", "2");
    assertThat(first.path("metrics").path("2").propertyNames()).contains(metrics);
    assertThat(summary.path("mean").path("1").propertyNames()).contains(metrics);
    assertThat(summary.path("foreground_mean").propertyNames()).contains(metrics);
    assertThat(summary.path("foreground_mean").path("Dice").asDouble()).isEqualTo(1);
  }

  /** By hand: case a has no cube on either side, case b half of it: Dice 2*50/(100+50) = 2/3. */
  @Test
  void aStructureAbsentOnBothSidesHasNoValueAndTheMeanSkipsIt() throws IOException {
    short[] reference = SyntheticDataset.labels(0);
    short[] prediction = reference.clone();
    int seen = 0;
    for (int i = 0; i < reference.length; i++) {
      if (reference[i] == 2) {
        seen++;
        reference[i] = (short) (seen <= 100 ? 2 : 0);
        prediction[i] = (short) (seen <= 50 ? 2 : 0);
      }
    }
    assertThat(seen).isGreaterThan(100);
    write(references, "b", reference);
    write(predictions, "b", prediction);
    short[] without = SyntheticDataset.labels(0);
    for (int i = 0; i < without.length; i++) {
      without[i] = without[i] == 2 ? 0 : without[i];
    }
    write(references, "a", without);
    write(predictions, "a", without);

    CommandLineFixture result = evaluate();
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(Files.readString(output.resolve("metrics.csv")).lines())
        .contains("case,structure,metric,value,unit", "a,cube,Dice,,", "a,ball,Dice,1.0,",
            "a,cube,n_ref,0,voxels", "b,cube,n_ref,100,voxels");
    JsonNode summary = summary();
    assertThat(summary.path("metric_per_case").path(0).path("metrics").path("2").path("Dice")
        .asDouble()).isNaN();
    assertThat(summary.path("mean").path("2").path("Dice").asDouble()).isEqualTo(2 / 3.0);
    assertThat(summary.path("n").path("2").path("Dice").asInt()).isEqualTo(1);
    assertThat(summary.path("n").path("1").path("Dice").asInt()).isEqualTo(2);
  }

  /** No case has the cube on either side: its mean does not exist, and the last mean skips it. */
  @Test
  void aStructureThatNoCaseHasIsSkippedByTheForegroundMeanToo() throws IOException {
    for (String id : new String[]{"a", "b"}) {
      short[] without = SyntheticDataset.labels(0);
      for (int i = 0; i < without.length; i++) {
        without[i] = without[i] == 2 ? 0 : without[i];
      }
      write(references, id, without);
      write(predictions, id, without);
    }
    CommandLineFixture result = evaluate();
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(summary().path("mean").path("2").path("Dice").asDouble()).isNaN();
    assertThat(summary().path("foreground_mean").path("Dice").asDouble()).isEqualTo(1);
    assertThat(result.out()).contains("Dice of cube: 0 of 2");
  }

  /** Case a was contoured for the ball alone, so its cube is unknown, not wrong. */
  @Test
  void whatWasNotAnnotatedIsLeftOut() throws IOException {
    Files.writeString(folder.resolve("annotated_structures.json"),
        "{\"always\": [\"ball\"], \"annotated\": {\"a\": []}}");
    write(predictions, "a", new short[SyntheticDataset.labels(0).length]);
    CommandLineFixture result = evaluate();
    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode summary = summary();
    assertThat(summary.path("n").path("1").path("Dice").asInt()).isEqualTo(2);
    assertThat(summary.path("mean").path("1").path("Dice").asDouble()).isEqualTo(0.5);
    assertThat(summary.path("n").path("2").path("Dice").asInt()).isEqualTo(1);
    assertThat(summary.path("mean").path("2").path("Dice").asDouble()).isEqualTo(1);
    assertThat(Files.readString(output.resolve("metrics.csv"))).doesNotContain("a,cube");
  }

  @Test
  void anotherGridIsNamedAndTheOthersAreScored() throws IOException {
    writeShort(predictions, "b");
    CommandLineFixture result = evaluate();
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err()).contains("warning: b: ", "the grids differ", "18", "17");
    assertThat(summary().path("metric_per_case").size()).isEqualTo(1);
    assertThat(summary().path("problems").path(0).path("case").asString()).isEqualTo("b");
  }

  @Test
  void nothingIsWrittenWhereNoCaseCanBeScored() throws IOException {
    writeShort(predictions, "a");
    writeShort(predictions, "b");
    CommandLineFixture result = evaluate();
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err()).contains("nothing can be evaluated", "a: ", "the grids differ");
    assertThat(output).doesNotExist();
  }

  @Test
  void aCaseOnOneSideOnlyIsNamed() throws IOException {
    Files.delete(predictions.resolve("b.nii.gz"));
    write(predictions, "c", SyntheticDataset.labels(0));
    CommandLineFixture result = evaluate();
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err()).contains("warning: b: no prediction", "warning: c: no reference");
  }

  @Test
  void aTruncatedPredictionIsNamed() throws IOException {
    Path file = predictions.resolve("b.nii.gz");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    CommandLineFixture result = evaluate();
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err()).contains("warning: b: prediction b.nii.gz: ", "truncated");
  }

  @Test
  void oneCaseTwiceIsRefused() throws IOException {
    NiftiWriter.writeLabels(predictions.resolve("b.nii"), volume(SyntheticDataset.labels(0)));
    CommandLineFixture result = evaluate();
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err()).contains("one case twice", "b.nii ", "b.nii.gz");
    assertThat(output).doesNotExist();
  }

  @Test
  void resultsAreReplacedOnDemandOnly() throws IOException {
    assertThat(evaluate().exitCode()).isZero();
    String before = Files.readString(output.resolve("summary.json"));
    Files.delete(predictions.resolve("b.nii.gz"));
    CommandLineFixture again = evaluate();
    assertThat(again.exitCode()).isEqualTo(3);
    assertThat(again.err()).contains(output.resolve("summary.json").toString(), "--overwrite");
    assertThat(output.resolve("summary.json")).hasContent(before);
    assertThat(evaluate("--overwrite").exitCode()).isEqualTo(4);
    Files.delete(output.resolve("summary.json"));
    CommandLineFixture table = evaluate();
    assertThat(table.exitCode()).isEqualTo(3);
    assertThat(table.err()).contains("metrics.csv");
  }

  @Test
  void covariatesGiveSubgroups() throws IOException {
    Path table = Files.writeString(folder.resolve("cov.csv"), "case,scanner\na,old\nc,new\n");
    CommandLineFixture result = evaluate("--covariates", table.toString());
    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err()).contains("warning: b: not in the table of covariates");
    assertThat(result.out()).contains("too few to judge");
    JsonNode groups = JsonMapper.shared()
        .readTree(Files.readString(output.resolve("subgroups.json"))).path("subgroups");
    assertThat(groups.path(0).path("covariate").asString()).isEqualTo("scanner");
    assertThat(groups.path(0).path("metric").asString()).isEqualTo("Dice");
    assertThat(groups.path(0).path("groups").path(0).path("n").asInt()).isEqualTo(1);
    assertThat(groups.path(0).path("groups").path(0).path("judged").asBoolean()).isFalse();
    assertThat(groups.path(0).path("note").asString()).contains("1 case without a value");
    assertThat(summary().path("names").path("1").asString()).isEqualTo("ball");
  }

  @Test
  void missingAndEmptyFoldersAreNamed() throws IOException {
    predictions = folder.resolve("nowhere");
    CommandLineFixture missing = evaluate();
    assertThat(missing.exitCode()).isEqualTo(3);
    assertThat(missing.err()).contains("no such folder", predictions.toString());
    Files.createDirectories(predictions);
    CommandLineFixture empty = evaluate();
    assertThat(empty.exitCode()).isEqualTo(3);
    assertThat(empty.err()).contains("nothing can be evaluated", predictions.toString());
  }

  private CommandLineFixture evaluate(String... more) {
    Stream<String> args = Stream.of("evaluate", "-r", references.toString(), "-p",
        predictions.toString(), "-o", output.toString());
    return CommandLineFixture.run(
        Stream.concat(args, Arrays.stream(more)).toArray(String[]::new));
  }

  private JsonNode summary() throws IOException {
    return JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build()
        .readTree(Files.readString(output.resolve("summary.json")));
  }

  private static LabelVolume volume(short[] labels) {
    return new LabelVolume(SyntheticDataset.grid(SyntheticDataset.SIZE), labels);
  }

  private static void write(Path folder, String id, short[] labels) {
    NiftiWriter.writeLabels(folder.resolve(id + ".nii.gz"), volume(labels));
  }

  /** A label map with one slice less. */
  private static void writeShort(Path folder, String id) {
    Geometry grid = SyntheticDataset.grid(new Size(20, 24, 17));
    NiftiWriter.writeLabels(folder.resolve(id + ".nii.gz"), new LabelVolume(grid,
        Arrays.copyOf(SyntheticDataset.labels(0), Math.toIntExact(grid.size().voxels()))));
  }
}
