package io.fiducia.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.core.Structure;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expected numbers are counted by hand. */
class OverlapTest {
  @TempDir
  private Path folder;

  private static LabelVolume row(int... labels) {
    short[] data = new short[labels.length];
    for (int i = 0; i < labels.length; i++) {
      data[i] = (short) labels[i];
    }
    return new LabelVolume(Geometry.of(new Size(labels.length, 1, 1), new Vec3(10, 10, 10)), data);
  }

  private Evaluation evaluate(LabelVolume reference, LabelVolume prediction, OptionalInt ignore,
      Structure... structures) {
    NiftiWriter.writeLabels(folder.resolve("ref/case.nii.gz"), reference);
    NiftiWriter.writeLabels(folder.resolve("pred/case.nii.gz"), prediction);
    return FolderEvaluator.evaluate(folder.resolve("ref"), folder.resolve("pred"),
        new FolderEvaluator.Options(Arrays.asList(structures), ignore, true), Progress.none(),
        new Cancellation());
  }

  /** TP, FP, FN, TN of a structure. */
  private static long[] counts(Evaluation e, String key) {
    Map<String, Double> m = e.cases().get(0).byStructure().get(key);
    return List.of("TP", "FP", "FN", "TN").stream().mapToLong(n -> m.get(n).longValue()).toArray();
  }

  @Test
  void labelsAndRegionsAreCounted() {
    Evaluation e = evaluate(row(0, 1, 1, 2, 2, 2), row(1, 1, 0, 2, 2, 1), OptionalInt.empty(),
        Structure.ofLabel(1), Structure.ofLabel(2), Structure.region("both", List.of(1, 2)),
        Structure.ofLabel(7));
    assertThat(counts(e, "1")).containsExactly(1, 2, 1, 2);
    assertThat(counts(e, "2")).containsExactly(2, 0, 1, 3);
    assertThat(counts(e, "(1, 2)")).containsExactly(4, 1, 1, 0);
    assertThat(counts(e, "7")).containsExactly(0, 0, 0, 6);
    assertThat(e.values("2", "Dice")).containsExactly(0.8);
    assertThat(e.values("7", "Dice")).containsExactly(Double.NaN);
    assertThat(e.problems()).isEmpty();
  }

  @Test
  void theIgnoreLabelLeavesNoTrace() {
    Evaluation e = evaluate(row(1, 3, 3, 0), row(1, 1, 0, 0), OptionalInt.of(3),
        Structure.ofLabel(1));
    assertThat(counts(e, "1")).containsExactly(1, 0, 0, 1);
  }

  @Test
  void largeLabelsCountTheSame() {
    Evaluation e = evaluate(row(5000, 5000, 0), row(5000, 0, 5000), OptionalInt.empty(),
        Structure.ofLabel(5000));
    assertThat(counts(e, "5000")).containsExactly(1, 1, 1, 0);
  }

  @Test
  void volumesAreInCubicCentimetres() {
    Map<String, Double> m = evaluate(row(1, 1, 0, 0), row(1, 1, 1, 0), OptionalInt.empty(),
        Structure.ofLabel(1)).cases().get(0).byStructure().get("1");
    assertThat(m.get("volume_ref_cm3")).isCloseTo(2, within(1e-12));
    assertThat(m.get("volume_difference_cm3")).isCloseTo(1, within(1e-12));
    assertThat(m.get("volume_difference_rel")).isCloseTo(0.5, within(1e-12));
    assertThat(m.get("sensitivity")).isEqualTo(1);
  }

  @Test
  void aLabelThatIsNoStructureIsNamedAndTheOthersAreScored() {
    Evaluation e = evaluate(row(1, 1, 0, 0), row(1, 1, 9, 0), OptionalInt.empty(),
        Structure.ofLabel(1));
    assertThat(e.values("1", "Dice")).containsExactly(1.0);
    assertThat(e.problems()).singleElement()
        .satisfies(p -> assertThat(p.message()).contains("[9]").contains("prediction"));
  }

  /** Files that say nothing of space: only sizes must agree, and the reference's spacing counts. */
  @Test
  void otherFormatsAreReadByTheirReader() throws IOException {
    LabelMapFormat text = new LabelMapFormat(List.of(".txt"), false,
        file -> LabelMapContent.volume(readText(file)));
    for (String side : List.of("ref", "pred")) {
      Files.createDirectories(folder.resolve(side));
      Files.writeString(folder.resolve(side).resolve("other.nii.gz"),
          "no label map of this format");
    }
    Files.writeString(folder.resolve("ref/a.txt"), "10 1 1 0 0");
    Files.writeString(folder.resolve("pred/a.txt"), "1 1 1 1 0");
    Files.writeString(folder.resolve("ref/b.txt"), "10 1 1 0 0");
    Files.writeString(folder.resolve("pred/b.txt"), "10 1 1 0");
    Evaluation e = FolderEvaluator.evaluate(folder.resolve("ref"), folder.resolve("pred"),
        new FolderEvaluator.Options(List.of(Structure.ofLabel(1)), OptionalInt.empty(), true)
            .with(text),
        Progress.none(), new Cancellation());
    assertThat(e.values("1", "Dice")).containsExactly(0.8);
    assertThat(e.values("1", "volume_pred_cm3")).containsExactly(new double[]{3}, within(1e-12));
    assertThat(e.problems()).singleElement().satisfies(p -> {
      assertThat(p.caseId()).isEqualTo("b");
      assertThat(p.message()).contains("the grids differ");
    });
  }

  /** A spacing in mm, then labels. */
  private static LabelVolume readText(Path file) {
    try {
      String[] words = Files.readString(file).split(" ");
      double mm = Double.parseDouble(words[0]);
      LabelVolume row = row(Arrays.stream(words).skip(1).mapToInt(Integer::parseInt).toArray());
      return new LabelVolume(Geometry.of(row.geometry().size(), new Vec3(mm, mm, mm)), row.data());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without names every label of any case is scored; a case that lacks it counts as empty. */
  @Test
  void labelsAreFoundInTheFiles() {
    NiftiWriter.writeLabels(folder.resolve("ref/other.nii.gz"), row(4, 0, 0));
    NiftiWriter.writeLabels(folder.resolve("pred/other.nii.gz"), row(4, 4, 0));
    Evaluation e = evaluate(row(1, 1, 0), row(1, 0, 0), OptionalInt.empty());
    assertThat(e.structures()).extracting(Structure::key).containsExactly("1", "4");
    assertThat(e.values("1", "TP")).containsExactly(1, 0);
    assertThat(e.values("4", "TN")).containsExactly(3, 1);
    assertThat(e.values("4", "Dice")).containsExactly(Double.NaN, 2 / 3.0);
  }
}
