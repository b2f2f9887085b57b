package io.fiducia.universeg.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FolderLock;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.core.TrainingBudget;
import io.fiducia.learn.train.ResumeFile;
import io.fiducia.torch.Device;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.universeg.network.InContextWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InContextTrainerTest {
  private static final int STEPS = 40;

  @TempDir
  private static Path undisturbed;

  @TempDir
  private Path folder;

  private static InContextTraining training(Path folder, int workers) {
    return new InContextTraining(folder, List.of(MadeUpCase.dataset("Balls", 5)),
        new InContextTraining.Tasks(List.of("Box"), 24, 0.5),
        new InContextTraining.Start(Optional.empty(), Optional.of(8), OptionalLong.of(4)),
        new InContextTraining.Length(new TrainingBudget.Iterations(STEPS), STEPS - 4, 5e-3,
            workers),
        new InContextTraining.Label("test weights", "test licence", "1"));
  }

  private static InContextTrainer.Outcome run(InContextTraining training, Progress progress,
      Cancellation cancellation) {
    return new InContextTrainer(training, Device.CPU, progress, cancellation).run(false);
  }

  private static InContextTrainer.Outcome run(InContextTraining training) {
    return run(training, Progress.none(), new Cancellation());
  }

  @BeforeAll
  static void train() {
    assertThat(run(training(undisturbed, 1)).steps()).isEqualTo(STEPS);
  }

  @Test
  void aTrainingThatWasStoppedGoesOnToTheSameBits() throws IOException {
    AtomicInteger events = new AtomicInteger();
    Cancellation cancellation = new Cancellation();
    assertThatThrownBy(() -> run(training(folder, 2), event -> {
      if (event instanceof ProgressEvent.Advanced a && a.task().equals("Train")
          && events.incrementAndGet() == 7) {
        cancellation.cancel();
      }
    }, cancellation)).isInstanceOfSatisfying(FiduciaException.class,
        e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.CANCELLED));
    assertThat(folder.resolve("card.json")).doesNotExist();
    run(training(folder, 2));
    for (String file : List.of("weights.safetensors", "weights.pth")) {
      assertThat(Arrays.equals(Files.readAllBytes(folder.resolve(file)),
          Files.readAllBytes(undisturbed.resolve(file)))).as(file).isTrue();
    }
  }

  @Test
  void theLossFalls() {
    JsonNode course = card().get("course");
    int n = course.size();
    double first = mean(course, 0, 5);
    double last = mean(course, n - 5, n);
    assertThat(last).isLessThan(first - 0.1);
  }

  private static double mean(JsonNode course, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += course.get(i).get("loss").asDouble() / (to - from);
    }
    return sum;
  }

  private static JsonNode card() {
    return JsonMapper.shared().readTree(undisturbed.resolve("card.json").toFile());
  }

  @Test
  void theCardSaysWhatWasTrainedOnAndHowWell() {
    JsonNode card = card();
    assertThat(card.get("steps").asInt()).isEqualTo(STEPS);
    assertThat(card.get("width").asInt()).isEqualTo(8);
    JsonNode dataset = card.get("trained_on").get(0);
    assertThat(dataset.get("patients_trained_on").asInt()).isEqualTo(4);
    assertThat(dataset.get("patients_validated_on").asInt()).isEqualTo(1);
    assertThat(dataset.get("structures").toString()).isEqualTo("[\"Ball\"]");
    assertThat(dataset.get("held_out").toString()).isEqualTo("[\"Box\"]");
    for (String size : List.of("1", "2", "4", "8", "16")) {
      assertThat(card.get("scores").get("held_out").get(size).asDouble()).isBetween(0.0, 1.0);
      assertThat(card.get("scores").get("trained").get(size).asDouble()).isBetween(0.0, 1.0);
    }
  }

  @Test
  void weightsAreInTheReleasedLayout() {
    InContextWeights weights = InContextWeights.read(undisturbed.resolve("weights.safetensors"));
    assertThat(weights.shape().width()).isEqualTo(8);
    assertThat(weights.licence()).contains("test licence");
    // 44 tensors, as in the released file (specs/universeg-and-sam.md).
    assertThat(weights.tensors()).hasSize(44);
    assertThat(CheckpointReader.read(undisturbed.resolve("weights.pth")).stateDict().keySet())
        .containsExactlyElementsOf(weights.tensors().keySet());
  }

  @Test
  void aFinishedTrainingIsNotOverwritten() {
    assertThatThrownBy(() -> run(training(undisturbed, 1))).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("holds a finished training");
  }

  @Test
  void anotherSeedWidthOrDatasetListIsRefused() throws IOException {
    Files.copy(undisturbed.resolve(ResumeFile.NAME),
        folder.resolve(ResumeFile.NAME));
    InContextTraining same = training(folder, 1);
    InContextTraining.Start start = same.start();
    assertRefused(with(same, same.datasets(), new InContextTraining.Start(start.weights(),
        start.width(), OptionalLong.of(5))), "seed: 4 then, 5 now");
    assertRefused(with(same, same.datasets(), new InContextTraining.Start(start.weights(),
        Optional.of(9), start.seed())), "width: 8 then, 9 now");
    assertRefused(with(same, List.of(MadeUpCase.dataset("Balls", 6)), start),
        "datasets: Balls (CT, 5 cases");
  }

  private static InContextTraining with(InContextTraining same, List<InContextDataset> datasets,
      InContextTraining.Start start) {
    return new InContextTraining(same.folder(), datasets, same.tasks(), start, same.length(),
        same.label());
  }

  private static void assertRefused(InContextTraining training, String why) {
    assertThatThrownBy(() -> run(training)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("begun with other settings").hasMessageContaining(why);
  }

  @Test
  void aTrainingStartsFromGivenWeights() {
    InContextTraining base = training(folder, 1);
    InContextTraining further = new InContextTraining(folder, base.datasets(), base.tasks(),
        new InContextTraining.Start(Optional.of(undisturbed.resolve("weights.pth")),
            Optional.empty(), OptionalLong.of(4)),
        new InContextTraining.Length(new TrainingBudget.Iterations(20), 20, 1e-9, 1), base.label());
    run(further);
    // With a learning rate of next to nothing the weights stay what they were.
    float[] before = first(undisturbed);
    float[] after = first(folder);
    assertThat(after).usingComparatorWithPrecision(1e-6f).containsExactly(before);
    InContextTraining wider = new InContextTraining(folder.resolve("wider"), base.datasets(),
        base.tasks(), new InContextTraining.Start(further.start().weights(), Optional.of(16),
            OptionalLong.of(4)),
        base.length(), base.label());
    assertThatThrownBy(() -> run(wider)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("expected 16, found 8");
  }

  private static float[] first(Path folder) {
    return InContextWeights.read(folder.resolve("weights.safetensors")).tensors().values()
        .iterator().next().toFloats();
  }

  @Test
  void twoTrainingsDoNotShareAFolder() {
    try (FolderLock lock = FolderLock.take(folder, "")) {
      assertThatThrownBy(() -> run(training(folder, 1))).isInstanceOf(FiduciaException.class)
          .hasMessageContaining("a training runs in this folder already");
    }
  }
}
