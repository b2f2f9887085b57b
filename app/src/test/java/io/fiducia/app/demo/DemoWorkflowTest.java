package io.fiducia.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.app.Main;
import io.fiducia.app.cli.Console;
import io.fiducia.base.Cancellation;
import io.fiducia.testing.SyntheticDataset;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The demonstration from images to report on a tiny dataset. */
@Tag("long")
class DemoWorkflowTest {
  @TempDir
  private Path folder;

  @Test
  void fromImagesToReport() throws Exception {
    Path raw = SyntheticDataset.write(folder.resolve("Dataset900_Ball"), 6, "<b>&\\\"x\\\"",
        "cube");
    Path output = folder.resolve("out");
    String[] command = command(raw, output, "0.15");
    CommandLineFixture result = CommandLineFixture.run(command);
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("cube", "Dice");

    for (String file : new String[]{"report.html", "model/plans.json", "model/dataset.json",
      "model/fold_0/checkpoint_final.pth", "summary.json", "metrics.csv"}) {
      assertThat(output.resolve(file)).isNotEmptyFile();
    }
    assertThat(files(output.resolve("predictions"))).hasSize(1);
    JsonNode report = JsonMapper.shared()
        .readTree(Files.readString(output.resolve("report.json")));
    assertThat(report.propertyNames()).contains("mean_dice", "structures", "minutes", "steps",
        "peak_memory_mb", "seed", "version");
    JsonNode structures = report.path("structures");
    assertThat(structures.propertyNames()).containsExactly("<b>&\"x\"", "cube");
    assertThat(structures.path("cube").propertyNames()).contains("mean_dice", "ci_low", "ci_high",
        "n");
    assertThat(structures.path("cube").path("n").asInt()).isEqualTo(1);
    assertThat(report.path("mean_dice").asDouble()).isBetween(0.0, 1.0);
    assertThat(report.path("steps").asInt()).isPositive();

    String page = Files.readString(output.resolve("report.html"));
    assertThat(page).contains("&lt;b&gt;&amp;&quot;x&quot;").doesNotContain("<b>&", "http://",
        "https://", "src=\"//", "url(//", "@import").containsOnlyOnce("<script");

    Map<String, FileTime> before = files(output);
    CommandLineFixture again = CommandLineFixture.run(command);
    assertThat(again.exitCode()).isEqualTo(3);
    assertThat(again.err()).contains("finished demonstration", output.toString(), "--overwrite");
    assertThat(files(output)).isEqualTo(before);

    // A replaced demonstration starts from nothing: no old model, no old predictions.
    String[] replace = Stream.concat(Stream.of(command(raw, output, "0.03")),
        Stream.of("--overwrite")).toArray(String[]::new);
    CommandLineFixture replaced = CommandLineFixture.run(replace);
    assertThat(replaced.exitCode()).as(replaced.err()).isZero();
    Map<String, FileTime> after = files(output);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(after).allSatisfy((file, time) -> assertThat(time).as(file)
        .isGreaterThan(before.get(file)));
  }

  @Test
  void withoutADatasetItMakesSyntheticPatientsAndSaysSo() throws Exception {
    Path output = folder.resolve("out");
    CommandLineFixture result = CommandLineFixture.run("demo", "--minutes", "0.1", "-o",
        output.toString(), "--device", "cpu");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err()).contains("report: " + output.resolve("report.html"),
        "1. ", "fiducia demo --dataset", "2. ", "fiducia nnunet predict -m", "3. ",
        "fiducia evaluate -r");
    JsonNode report = JsonMapper.shared()
        .readTree(Files.readString(output.resolve("report.json")));
    assertThat(report.path("synthetic").asBoolean()).isTrue();
    assertThat(report.path("structures").propertyNames()).contains("Bladder", "Anorectum",
        "Bowel", "Femur_Head_L", "Femur_Head_R", "Uterus", "CTVn");
    assertThat(report.path("phases").path(0).path("name").asString()).isEqualTo("Phantom");
    assertThat(Files.readString(output.resolve("report.html"))).contains("Synthetic data:");
    assertThat(files(output.resolve(PhantomCohort.FOLDER).resolve("labelsTs")))
        .hasSameSizeAs(files(output.resolve("predictions")));
  }

  @Test
  void stoppedInTheTrainingTheSameCommandFinishes() throws Exception {
    Path raw = SyntheticDataset.write(folder.resolve("Dataset900_Ball"), 6);
    Path output = folder.resolve("out");
    String[] command = command(raw, output, "0.2");
    Cancellation stop = new Cancellation();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    CompletableFuture<Integer> code = CompletableFuture.supplyAsync(
        () -> Main.run(command, stream, stream, Map.of(), Console.Style.plain(), stop));
    // The plan is written just before the preprocessing, which takes less than a second here.
    while (!Files.exists(output.resolve("model").resolve("plans.json")) && !code.isDone()) {
      Thread.sleep(20);
    }
    Thread.sleep(5000);
    stop.cancel();
    assertThat(code.get()).as(err.toString(StandardCharsets.UTF_8)).isEqualTo(130);
    Path fold = output.resolve("model").resolve("fold_0");
    assertThat(fold.resolve("checkpoint_latest.pth")).isNotEmptyFile();
    assertThat(fold.resolve("checkpoint_final.pth")).doesNotExist();
    assertThat(output.resolve("report.html")).doesNotExist();

    CommandLineFixture other = CommandLineFixture.run(command(raw, output, "0.3"));
    assertThat(other.exitCode()).isEqualTo(3);
    assertThat(other.err()).contains("another, unfinished demonstration", "0.3", "0.2");

    long start = System.nanoTime();
    CommandLineFixture rest = CommandLineFixture.run(command);
    assertThat(rest.exitCode()).as(rest.err()).isZero();
    assertThat(fold.resolve("checkpoint_final.pth")).isNotEmptyFile();
    JsonNode report = JsonMapper.shared()
        .readTree(Files.readString(output.resolve("report.json")));
    // Both runs' training counts, and it is more than this run's alone could be.
    JsonNode train = report.path("phases").valueStream()
        .filter(p -> p.path("name").asString().equals("Train")).findFirst().orElseThrow();
    assertThat(train.path("peak_memory_mb").asLong()).isPositive();
    assertThat(train.path("seconds").asDouble())
        .isBetween(10.0, 4 + 5 + (System.nanoTime() - start) / 1e9);
  }

  @Test
  void aStructureThatNobodyContouredIsNotScored() throws Exception {
    Path raw = SyntheticDataset.write(folder.resolve("Dataset900_Ball"), 6);
    Files.writeString(raw.resolve("annotated_structures.json"), "{\"annotated\": {"
        + IntStream.range(0, 6).mapToObj(c -> "\"ball_" + c + "\": [\"ball\"]")
            .collect(Collectors.joining(", "))
        + ", \"elsewhere\": []}}");
    Path output = folder.resolve("out");
    CommandLineFixture result = CommandLineFixture.run(command(raw, output, "0.03"));
    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode structures = JsonMapper.shared()
        .readTree(Files.readString(output.resolve("report.json"))).path("structures");
    assertThat(structures.path("ball").path("n").asInt()).isEqualTo(1);
    assertThat(structures.path("cube").path("n").asInt()).isZero();
    // The test case has a label map, although the training does not know it.
    assertThat(result.err()).contains("names a case that is not there: elsewhere");
  }

  /** What remains if a person tidies up after the training and the report has not been written yet. */
  @Test
  void aTrainingOfWhichOnlyTheFinalCheckpointIsLeftIsReported() throws Exception {
    Path raw = SyntheticDataset.write(folder.resolve("Dataset900_Ball"), 6);
    Path output = folder.resolve("out");
    String[] command = command(raw, output, "0.03");
    CommandLineFixture first = CommandLineFixture.run(command);
    assertThat(first.exitCode()).as(first.err()).isZero();
    Path state = output.resolve("demo.json");
    String finished = Files.readString(state);
    assertThat(finished).contains("\"finished\" : true");
    Path fold = output.resolve("model").resolve("fold_0");
    Path report = output.resolve("report.json");
    int steps = JsonMapper.shared().readTree(Files.readString(report)).path("steps").asInt();
    for (String checkpoint : new String[]{"checkpoint_latest.pth", "checkpoint_best.pth"}) {
      Files.delete(fold.resolve(checkpoint));
      Files.delete(report);
      Files.writeString(state, finished.replace("\"finished\" : true", "\"finished\" : false"));
      CommandLineFixture again = CommandLineFixture.run(command);
      assertThat(again.exitCode()).as(again.err()).isZero();
      assertThat(JsonMapper.shared().readTree(Files.readString(report)).path("steps").asInt())
          .isEqualTo(steps).isPositive();
    }
  }

  private static String[] command(Path raw, Path output, String minutes) {
    return new String[]{"demo", "--dataset", raw.toString(), "--minutes", minutes, "-o",
      output.toString(), "--device", "cpu"};
  }

  private static Map<String, FileTime> files(Path folder) throws IOException {
    Map<String, FileTime> times = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path p : all.filter(Files::isRegularFile).toList()) {
        // The log's name holds the time at which the training began.
        String name = folder.relativize(p).toString()
            .replaceAll("training_log_[0-9_]+", "training_log");
        times.put(name, Files.getLastModifiedTime(p));
      }
    }
    return times;
  }
}
