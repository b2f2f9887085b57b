package io.fiducia.universeg.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.base.SeededRandom;
import io.fiducia.core.Case;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Modality;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.volume.LabelVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnatomyTasksReaderTest {
  private final List<String> warnings = new ArrayList<>();

  private AnatomyTasks read(List<String> heldOut, InContextDataset... datasets) {
    return new AnatomyTasksReader(new TaskChoice(List.of(SlicePlane.AXIAL), heldOut, 24, 1),
        event -> {
          if (event instanceof ProgressEvent.Warning w) {
            warnings.add(w.text());
          }
        }, new Cancellation()).read(List.of(datasets));
  }

  @Test
  void twoDatasetsOfOneNameAreRefused() {
    assertThatThrownBy(
        () -> read(List.of(), MadeUpCase.dataset("A", 3), MadeUpCase.dataset("A", 3)))
        .isInstanceOf(FiduciaException.class)
        .hasMessageContaining("two datasets have one name [A]");
  }

  @Test
  void anUnknownStructureToHoldOutIsRefusedWithASuggestion() {
    assertThatThrownBy(() -> read(List.of("Bal"), MadeUpCase.dataset("A", 3)))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.where()).isEqualTo("Bal");
          assertThat(e.why()).contains("Ball, Box");
          assertThat(e.advice()).isEqualTo("did you mean Ball?");
        });
  }

  @Test
  void withEveryStructureHeldOutThereIsNothingToTrainOn() {
    assertThatThrownBy(() -> read(List.of("Ball", "Box"), MadeUpCase.dataset("A", 3)))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("every structure is held out");
  }

  @Test
  void casesWithoutAnyStructureAreLeftOut() {
    MadeUpCase drawn = new MadeUpCase("x", 0, false);
    InContextDataset empty = new InContextDataset("Empty", Modality.CT,
        List.of(new ContouredCase() {
          @Override
          public String id() {
            return "none";
          }

          @Override
          public Case images() {
            return drawn.images();
          }

          @Override
          public Segmentation contours() {
            LabelVolume labels = drawn.contours().labelMap().orElseThrow();
            return Segmentation.of("none", MadeUpCase.STRUCTURES,
                new LabelVolume(labels.geometry(), new short[labels.data().length]),
                new Provenance("made up", Map.of()));
          }
        }));
    assertThatThrownBy(() -> read(List.of(), empty)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("no case holds a structure");
    assertThat(warnings).anyMatch(w -> w.contains("Empty, none: no structure"));
  }

  @Test
  void constantImagesAreLeftOut() {
    List<ContouredCase> cases = new ArrayList<>(
        MadeUpCase.dataset("A", 4).cases());
    cases.add(new MadeUpCase("flat", 9, true));
    AnatomyTasks tasks = read(List.of(), new InContextDataset("A", Modality.CT, cases));
    assertThat(warnings).anyMatch(w -> w.contains("flat: all voxels of the image are equal"));
    assertThat(tasks.all()).allSatisfy(t -> assertThat(t.training().size() + t.validation().size())
        .isEqualTo(4));
  }

  @Test
  void onePatientGivesOtherSlicesAndAWarning() {
    AnatomyTasks tasks = read(List.of(), MadeUpCase.dataset("A", 1));
    assertThat(warnings).anyMatch(w -> w.contains("one usable patient"));
    Episode episode = new AnatomyEpisodes(tasks).draw(
        SeededRandom.of(1, "test"), new EpisodeKind.EpisodeSize(4, 64));
    assertThat(episode.support()).hasSize(4);
  }

  @Test
  void noMorePatientsThanAskedForAreRead() {
    AnatomyTasks tasks = new AnatomyTasksReader(
        new TaskChoice(List.of(SlicePlane.AXIAL), List.of(), 3, 1), Progress.none(),
        new Cancellation()).read(List.of(MadeUpCase.dataset("A", 6)));
    assertThat(tasks.all()).allSatisfy(t -> assertThat(t.training().size() + t.validation().size())
        .isEqualTo(3));
  }
}
