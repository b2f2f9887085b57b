package io.fiducia.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Structure;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not exist: structures, files, folders. Expected numbers are counted by hand. */
class MissingValuesTest {
  @TempDir
  private Path folder;

  private Evaluation evaluate(Structure... structures) {
    return FolderEvaluator.evaluate(folder.resolve("ref"), folder.resolve("pred"),
        new FolderEvaluator.Options(Arrays.asList(structures), OptionalInt.empty(), true),
        Progress.none(), new Cancellation());
  }

  private void write(String file, int... labels) {
    short[] data = new short[labels.length];
    for (int i = 0; i < labels.length; i++) {
      data[i] = (short) labels[i];
    }
    Geometry grid = Geometry.of(new Size(labels.length, 1, 1), new Vec3(10, 10, 10));
    NiftiWriter.writeLabels(folder.resolve(file), new LabelVolume(grid, data));
  }

  @Test
  void theForegroundMeanSkipsAStructureThatNoCaseHas() {
    write("ref/a.nii", 1, 1, 0);
    write("pred/a.nii", 1, 0, 0);
    Evaluation e = evaluate(Structure.ofLabel(1), Structure.ofLabel(2));
    assertThat(e.mean("2").get("Dice")).isNaN();
    assertThat(e.foregroundMean().get("Dice")).isEqualTo(2 / 3.0);
    assertThat(e.foregroundMean().get("TP")).isEqualTo(0.5);
  }

  @Test
  void anEmptyFolderIsNamed() throws IOException {
    Files.createDirectories(folder.resolve("ref"));
    write("pred/a.nii", 1, 0, 0);
    assertThatThrownBy(() -> evaluate(Structure.ofLabel(1))).isInstanceOf(FiduciaException.class)
        .hasMessageContaining(folder.resolve("ref").toString())
        .hasMessageContaining("no label maps");
    write("ref/a.nii", 1, 0, 0);
    Files.delete(folder.resolve("pred/a.nii"));
    assertThatThrownBy(() -> evaluate(Structure.ofLabel(1))).isInstanceOf(FiduciaException.class)
        .hasMessageContaining(folder.resolve("pred").toString())
        .hasMessageContaining("no label maps");
    Files.delete(folder.resolve("ref/a.nii"));
    assertThatThrownBy(() -> evaluate(Structure.ofLabel(1))).isInstanceOf(FiduciaException.class)
        .hasMessageContaining(folder.resolve("ref").toString())
        .hasMessageContaining("no label maps");
  }

  @Test
  void aFolderOfOtherFilesIsAsGoodAsEmpty() throws IOException {
    Files.createDirectories(folder.resolve("ref"));
    Files.writeString(folder.resolve("ref/notes.txt"), "x");
    write("pred/a.nii", 1, 0, 0);
    assertThatThrownBy(() -> evaluate(Structure.ofLabel(1))).isInstanceOf(FiduciaException.class)
        .hasMessageContaining(folder.resolve("ref").toString());
    assertThat(List.of(Files.list(folder.resolve("ref")).toArray())).hasSize(1);
  }
}
