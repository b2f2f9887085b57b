package io.fiducia.promptable.adapt.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Modality;
import io.fiducia.core.TrainingBudget;
import io.fiducia.promptable.adapt.AdaptMethod;
import io.fiducia.promptable.adapt.AdaptedNetwork.Choice;
import io.fiducia.promptable.adapt.TinySam;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.torch.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdaptTrainerBadInputTest {
  private static final SamWeights BASE = TinySam.weights(TinySam.VIT, 3);

  @TempDir
  private Path folder;
  private final List<String> warnings = new ArrayList<>();

  private AdaptTrainer.Outcome run(AdaptData data, AdaptMethod method, TrainingBudget budget,
      boolean overwrite) {
    Progress progress = event -> {
      if (event instanceof ProgressEvent.Warning w) {
        warnings.add(w.text());
      }
    };
    return new AdaptTrainer(new AdaptTraining(folder, List.of(data),
        new AdaptTraining.Start.From(BASE, Choice.of(method)),
        new AdaptTraining.Goal.Prompted(PromptShares.BOXES),
        AdaptTraining.Length.usual(budget, method, 4),
        new AdaptTraining.Label("test", "none", "1", false)), Device.CPU, progress,
        new Cancellation()).run(overwrite);
  }

  private AdaptTrainer.Outcome run(AdaptData data) {
    return run(data, AdaptMethod.DECODER, new TrainingBudget.Iterations(2), false);
  }

  private static List<ContouredCase> cases(DiscCase.Flaw last) {
    return IntStream.range(0, 3).<ContouredCase>mapToObj(
        i -> new DiscCase("disc" + i, i, i == 2 ? last : DiscCase.Flaw.NONE)).toList();
  }

  private static AdaptData with(DiscCase.Flaw last) {
    return DiscCase.data(cases(last), List.of());
  }

  @ParameterizedTest
  @EnumSource(value = DiscCase.Flaw.class, names = {"NAN", "ALL_NAN"})
  void voxelsThatAreNoNumbersAreRefusedWithTheCase(DiscCase.Flaw flaw) {
    for (Modality modality : List.of(Modality.CT, Modality.MR)) {
      assertThatThrownBy(() -> run(DiscCase.data(modality, cases(flaw), List.of())))
          .isInstanceOfSatisfying(FiduciaException.class, e -> {
            assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
            assertThat(e.what()).contains("NaN");
            assertThat(e.where()).contains("disc2");
          });
    }
  }

  @Test
  void contoursOnAnotherGridAreRefusedWithTheCase() {
    assertThatThrownBy(() -> run(with(DiscCase.Flaw.OTHER_GRID)))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("another grid")
        .hasMessageContaining("disc2");
  }

  @Test
  void aCaseWithoutContoursIsLeftOut() {
    assertThat(run(with(DiscCase.Flaw.NO_CONTOURS)).steps()).isEqualTo(2);
    assertThat(warnings).anyMatch(w -> w.contains("disc2") && w.contains("left out"));
  }

  @Test
  void nothingToLearnFromIsRefused() {
    assertThatThrownBy(() -> run(DiscCase.data(
        List.of(new DiscCase("empty", 0, DiscCase.Flaw.NO_CONTOURS)), List.of())))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("nothing to learn from");
  }

  @Test
  void aStructureThatNoCaseHasIsNamed() {
    assertThatThrownBy(() -> run(DiscCase.data(cases(DiscCase.Flaw.NONE),
        List.of("Bright", "Drak")))).isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.why()).contains("Drak");
          assertThat(e.advice()).isEqualTo("did you mean Dark?");
        });
  }

  @Test
  void structuresThatWereNotChosenAreNotLearned() {
    assertThat(run(DiscCase.data(cases(DiscCase.Flaw.NONE), List.of("Dark"))).dice())
        .containsOnlyKeys("Dark");
  }

  /** With fewer than three patients none can be spared to validate, and the card says so. */
  @Test
  void twoPatientsAreValidatedOnWhatTheyTrained() throws IOException {
    run(DiscCase.data(2));
    assertThat(Files.readString(folder.resolve("card.json")))
        .contains("slices that were trained on");
  }

  @Test
  void threePatientsSpareOne() throws IOException {
    run(DiscCase.data(3));
    assertThat(Files.readString(folder.resolve("card.json")))
        .contains("patients that were not trained on");
  }

  @Test
  void aFinishedTrainingIsReplacedOnlyIfAllowed() {
    run(DiscCase.data(3));
    assertThatThrownBy(() -> run(DiscCase.data(3))).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("holds a finished training");
    run(DiscCase.data(3), AdaptMethod.FULL, new TrainingBudget.Iterations(2), true);
    assertThat(folder.resolve("weights.pth")).exists();
    // That of the training before would not belong to these weights.
    assertThat(folder.resolve("difference.safetensors")).doesNotExist();
  }

  @Test
  void aTrainingWithOtherSettingsIsNotContinued() throws IOException {
    run(DiscCase.data(3));
    Files.delete(folder.resolve("card.json"));
    assertThatThrownBy(
        () -> run(DiscCase.data(3), AdaptMethod.LORA, new TrainingBudget.Iterations(2), false))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("other settings")
        .hasMessageContaining("method: decoder then, lora now");
  }

  /** Of 2 s, 20 epochs fit in; before, the first epoch had 250 steps whatever a step took. */
  @Test
  void aTimeBudgetIsKept() {
    long start = System.nanoTime();
    AdaptTrainer.Outcome outcome = run(DiscCase.data(3), AdaptMethod.FULL,
        new TrainingBudget.Minutes(2 / 60.0), false);
    assertThat(outcome.steps()).isBetween(1, 249);
    assertThat((System.nanoTime() - start) / 1e9).isLessThan(30);
  }

  @Test
  void embeddingsOfPatientsAreRemovedAtTheEnd() throws IOException {
    Progress progress = Progress.none();
    AdaptTraining.Length usual = AdaptTraining.Length.usual(new TrainingBudget.Iterations(4),
        AdaptMethod.DECODER, 4);
    AdaptTraining.Length onDisk = new AdaptTraining.Length(usual.budget(), usual.batch(),
        usual.rate(), 0, true, 0, 4);
    List<String> seen = new ArrayList<>();
    Progress watching = event -> {
      if (event instanceof ProgressEvent.Advanced a && a.task().equals("Train")) {
        seen.add(Boolean.toString(Files.isDirectory(folder.resolve("embeddings"))));
      }
      progress.accept(event);
    };
    new AdaptTrainer(new AdaptTraining(folder, List.of(DiscCase.data(3)),
        new AdaptTraining.Start.From(BASE, Choice.of(AdaptMethod.DECODER)),
        new AdaptTraining.Goal.Prompted(PromptShares.BOXES), onDisk,
        new AdaptTraining.Label("test", "none", "1", false)), Device.CPU, watching,
        new Cancellation()).run(false);
    assertThat(seen).contains("true");
    assertThat(folder.resolve("embeddings")).doesNotExist();
  }
}
