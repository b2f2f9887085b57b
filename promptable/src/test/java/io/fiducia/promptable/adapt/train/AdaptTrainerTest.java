package io.fiducia.promptable.adapt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.core.TrainingBudget;
import io.fiducia.promptable.adapt.AdaptMethod;
import io.fiducia.promptable.adapt.AdaptedNetwork.Choice;
import io.fiducia.promptable.adapt.AutomaticWeights;
import io.fiducia.promptable.adapt.TinySam;
import io.fiducia.promptable.adapt.WeightsDifference;
import io.fiducia.promptable.adapt.layer.LowRank;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.torch.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdaptTrainerTest {
  private static final SamWeights BASE = TinySam.weights(TinySam.VIT, 3);
  private static final AdaptTraining.Goal BOXES = new AdaptTraining.Goal.Prompted(
      PromptShares.BOXES);
  private static final AdaptTraining.Goal ALL_PROMPTS = new AdaptTraining.Goal.Prompted(
      PromptShares.ALL);
  private static final AdaptTraining.Goal AUTOMATIC = new AdaptTraining.Goal.Automatic();

  @TempDir
  private Path folder;

  static AdaptTraining training(Path folder, AdaptMethod method, AdaptTraining.Goal goal,
      int steps) {
    return training(folder, BASE, method, goal, steps);
  }

  static AdaptTraining training(Path folder, SamWeights base, AdaptMethod method,
      AdaptTraining.Goal goal, int steps) {
    AdaptTraining.Length length = AdaptTraining.Length
        .usual(new TrainingBudget.Iterations(steps), method, 4).withRate(3e-3);
    return new AdaptTraining(folder, List.of(DiscCase.data(5)),
        new AdaptTraining.Start.From(base,
            new Choice(method, new LowRank(4, 4, false, false), false)),
        goal, length, new AdaptTraining.Label("test weights", "test licence", "1", false));
  }

  static AdaptTrainer.Outcome run(AdaptTraining training) {
    return run(training, Progress.none(), new Cancellation());
  }

  private static AdaptTrainer.Outcome run(AdaptTraining training, Progress progress,
      Cancellation cancellation) {
    return new AdaptTrainer(training, Device.CPU, progress, cancellation).run(false);
  }

  private static AdaptTrainer.Outcome run(AdaptMethod method, AdaptTraining.Goal goal, int steps,
      Path folder) {
    return run(training(folder, method, goal, steps));
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(AdaptMethod.class)
  void everyMethodLearnsToAnswerBoxes(AdaptMethod method) {
    double before = mean(run(method, BOXES, 1, folder.resolve("short")));
    AdaptTrainer.Outcome outcome = run(method, BOXES, 100, folder.resolve("long"));
    assertThat(outcome.steps()).isEqualTo(100);
    assertThat(outcome.lastLoss()).isLessThan(0.8 * outcome.firstLoss());
    assertThat(mean(outcome)).isGreaterThan(before + 0.1);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource(AdaptMethod.class)
  void everyMethodLearnsToFindStructuresWithoutPrompts(AdaptMethod method) {
    double before = mean(run(method, AUTOMATIC, 1, folder.resolve("short")));
    AdaptTrainer.Outcome outcome = run(method, AUTOMATIC, 100, folder.resolve("long"));
    assertThat(outcome.lastLoss()).isLessThan(0.8 * outcome.firstLoss());
    assertThat(mean(outcome)).isGreaterThan(before + 0.1);
  }

  private static double mean(AdaptTrainer.Outcome outcome) {
    return outcome.dice().values().stream().mapToDouble(d -> d).average().orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(AdaptMethod.class)
  void onlyWhatTrainsChanges(AdaptMethod method) {
    run(method, ALL_PROMPTS, 24, folder);
    SamWeights after = SamWeights.read(folder.resolve("weights.safetensors"), Optional.empty());
    Set<String> changed = new TreeSet<>();
    BASE.tensors().forEach((name, tensor) -> {
      if (!after.tensors().get(name).sha256().equals(tensor.sha256())) {
        changed.add(name);
      }
    });
    Set<String> expected = new TreeSet<>();
    for (String name : BASE.tensors().keySet()) {
      boolean encoder = name.startsWith("image_encoder.");
      boolean trained = switch (method) {
        case DECODER, ADAPTER -> !encoder;
        case LORA -> !encoder || name.endsWith(".attn.qkv.weight");
        case FULL -> true;
      };
      if (trained && !name.startsWith("prompt_encoder.")) {
        expected.add(name);
      }
    }
    assertThat(changed).isEqualTo(expected);
    Set<String> added = new TreeSet<>(after.tensors().keySet());
    added.removeAll(BASE.tensors().keySet());
    assertThat(added.isEmpty()).isEqualTo(method != AdaptMethod.ADAPTER);
  }

  @ParameterizedTest
  @EnumSource(AdaptMethod.class)
  void aTrainingThatWasStoppedGoesOnToTheSameBits(AdaptMethod method) throws IOException {
    sameBits(training(folder.resolve("undisturbed"), method, ALL_PROMPTS, 12),
        training(folder.resolve("stopped"), method, ALL_PROMPTS, 12));
  }

  @Test
  void anAutomaticTrainingThatWasStoppedGoesOnToTheSameBits() throws IOException {
    sameBits(training(folder.resolve("undisturbed"), AdaptMethod.LORA, AUTOMATIC, 12),
        training(folder.resolve("stopped"), AdaptMethod.LORA, AUTOMATIC, 12));
  }

  private static void sameBits(AdaptTraining undisturbed, AdaptTraining stopped)
      throws IOException {
    run(undisturbed);
    AtomicInteger events = new AtomicInteger();
    Cancellation cancellation = new Cancellation();
    assertThatThrownBy(() -> run(stopped, event -> {
      if (event instanceof ProgressEvent.Advanced a && a.task().equals("Train")
          && events.incrementAndGet() == 7) {
        cancellation.cancel();
      }
    }, cancellation)).isInstanceOfSatisfying(FiduciaException.class,
        e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.CANCELLED));
    assertThat(stopped.folder().resolve("card.json")).doesNotExist();
    run(stopped);
    for (String file : List.of("weights.safetensors", "weights.pth")) {
      assertThat(Files.mismatch(undisturbed.folder().resolve(file), stopped.folder().resolve(file)))
          .as(file).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @EnumSource(AdaptMethod.class)
  void theDifferenceOnTheWeightsBeforeGivesTheMergedWeights(AdaptMethod method) {
    run(method, BOXES, 4, folder);
    Path file = folder.resolve("difference.safetensors");
    if (method == AdaptMethod.FULL) {
      assertThat(file).doesNotExist();
      return;
    }
    assertThat(file.toFile().length())
        .isLessThan(folder.resolve("weights.safetensors").toFile().length());
    try (SamNetwork merged = SamWeights
        .read(folder.resolve("weights.safetensors"), Optional.empty()).load(Device.CPU);
        SamNetwork other = WeightsDifference.load(BASE, file, Device.CPU).network()) {
      assertThat(TinySam.difference(TinySam.answer(merged), TinySam.answer(other)))
          .isLessThan(1e-5);
    }
  }

  @Test
  void automaticWeightsLoadBackWithTheirStructures() {
    run(AdaptMethod.DECODER, AUTOMATIC, 4, folder);
    SamWeights read = SamWeights.read(folder.resolve("weights.safetensors"), Optional.empty());
    assertThat(AutomaticWeights.structures(read)).contains(List.of("Bright", "Dark"));
    assertThat(read.licence()).isEqualTo("test licence");
    read.load(Device.CPU).close();
  }

  @Test
  void automaticWeightsTakeNoPromptsAndCanLearnOn() {
    run(AdaptMethod.DECODER, AUTOMATIC, 40, folder.resolve("first"));
    SamWeights read = SamWeights.read(folder.resolve("first/weights.safetensors"),
        Optional.empty());
    assertThatThrownBy(() -> run(training(folder.resolve("second"), read, AdaptMethod.DECODER,
        BOXES, 10))).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("take no prompts");
    AdaptTrainer.Outcome first = run(
        training(folder.resolve("from start"), AdaptMethod.DECODER, AUTOMATIC, 10));
    AdaptTrainer.Outcome on = run(
        training(folder.resolve("third"), read, AdaptMethod.DECODER, AUTOMATIC, 10));
    assertThat(on.firstLoss()).isLessThan(first.firstLoss());
  }
}
