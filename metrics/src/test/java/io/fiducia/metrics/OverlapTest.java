package io.fiducia.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expected numbers are counted by hand. */
class OverlapTest {
  private static LabelVolume row(int... labels) {
    short[] data = new short[labels.length];
    for (int i = 0; i < labels.length; i++) {
      data[i] = (short) labels[i];
    }
    return new LabelVolume(Geometry.of(new Size(labels.length, 1, 1), new Vec3(10, 10, 10)), data);
  }

  @Test
  void countsEveryStructureInOnePass() {
    LabelVolume reference = row(0, 1, 1, 2, 2, 2);
    LabelVolume prediction = row(1, 1, 0, 2, 2, 1);
    List<Overlap> o = OverlapCounter.count(reference, prediction,
        List.of(Structure.ofLabel(1), Structure.ofLabel(2),
            new Structure("(1, 2)", "both", List.of(1, 2)), Structure.ofLabel(7)),
        OptionalInt.empty());
    assertThat(o.get(0)).isEqualTo(new Overlap(1, 2, 1, 2));
    assertThat(o.get(1)).isEqualTo(new Overlap(2, 0, 1, 3));
    assertThat(o.get(2)).isEqualTo(new Overlap(4, 1, 1, 0));
    assertThat(o.get(3)).isEqualTo(new Overlap(0, 0, 0, 6));
    assertThat(o.get(1).dice()).isEqualTo(0.8);
    assertThat(o.get(3).dice()).isNaN();
  }

  @Test
  void theIgnoreLabelLeavesNoTrace() {
    List<Overlap> o = OverlapCounter.count(row(1, 3, 3, 0), row(1, 1, 0, 0),
        List.of(Structure.ofLabel(1)), OptionalInt.of(3));
    assertThat(o.get(0)).isEqualTo(new Overlap(1, 0, 0, 1));
  }

  @Test
  void largeLabelsCountTheSame() {
    List<Overlap> o = OverlapCounter.count(row(5000, 5000, 0), row(5000, 0, 5000),
        List.of(Structure.ofLabel(5000)), OptionalInt.empty());
    assertThat(o.get(0)).isEqualTo(new Overlap(1, 1, 1, 0));
  }

  @Test
  void volumesAreInCubicCentimetres() {
    Map<String, Double> m = FolderEvaluator.score(row(1, 1, 0, 0), row(1, 1, 1, 0),
        List.of(Structure.ofLabel(1)), OptionalInt.empty()).get("1");
    assertThat(m.get("volume_ref_cm3")).isCloseTo(2, within(1e-12));
    assertThat(m.get("volume_difference_cm3")).isCloseTo(1, within(1e-12));
    assertThat(m.get("volume_difference_rel")).isCloseTo(0.5, within(1e-12));
    assertThat(m.get("sensitivity")).isEqualTo(1);
  }

  @Test
  void aLabelThatIsNoStructureIsNamedAndTheOthersAreScored(@TempDir Path folder) {
    NiftiWriter.writeLabels(folder.resolve("ref/case.nii.gz"), row(1, 1, 0, 0));
    NiftiWriter.writeLabels(folder.resolve("pred/case.nii.gz"), row(1, 1, 9, 0));
    Evaluation e = FolderEvaluator.evaluate(folder.resolve("ref"), folder.resolve("pred"),
        new FolderEvaluator.Options(List.of(Structure.ofLabel(1)), OptionalInt.empty(), true),
        Progress.none(), new Cancellation());
    assertThat(e.values("1", "Dice")).containsExactly(1.0);
    assertThat(e.problems()).singleElement()
        .satisfies(p -> assertThat(p.message()).contains("[9]").contains("prediction"));
  }
}
