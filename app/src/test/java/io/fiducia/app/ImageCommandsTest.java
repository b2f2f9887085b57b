package io.fiducia.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ImageCommandsTest {
  private static final Geometry GRID = new Geometry(
      new Size(4, 3, 2), new Vec3(1, 2, 3), new Vec3(10, 20, 30), Mat3.IDENTITY);

  @TempDir
  private Path folder;

  private Path image;
  private Path labels;

  @BeforeEach
  void write() {
    image = folder.resolve("image.nii.gz");
    labels = folder.resolve("labels.nii.gz");
    float[] ramp = new float[24];
    short[] halves = new short[24];
    for (int i = 0; i < 24; i++) {
      ramp[i] = i;
      halves[i] = (short) (i % 4 < 2 ? 0 : 2);
    }
    ramp[5] = Float.NaN;
    NiftiWriter.writeFloats(image, new FloatVolume(GRID, ramp));
    NiftiWriter.writeLabels(labels, new LabelVolume(GRID, halves));
  }

  @Test
  void showGivesTheFilesRasAffineAndFiniteStatistics() {
    JsonNode shown = CommandLineFixture.run("image", "show", image.toString(), "--json").json();
    assertThat(shown.path("shape").toString()).isEqualTo("[4,3,2]");
    // LPS inside, RAS in the file: x and y change their sign.
    assertThat(shown.path("affine").toString()).isEqualTo(
        "[[-1.0,0.0,0.0,-10.0],[0.0,-2.0,0.0,-20.0],[0.0,0.0,3.0,30.0],[0.0,0.0,0.0,1.0]]");
    assertThat(shown.path("dtype").asString()).isEqualTo("float32");
    assertThat(shown.path("min").asDouble()).isZero();
    assertThat(shown.path("max").asDouble()).isEqualTo(23);
    assertThat(shown.path("mean").asDouble()).isEqualTo((23 * 24 / 2 - 5) / 23.0);
    assertThat(shown.path("non_finite").asInt()).isEqualTo(1);
    assertThat(shown.path("orientation").asString()).isEqualTo("LPS");
  }

  @Test
  void reorientMovesNoVoxelAndComesBack() {
    Path there = folder.resolve("ras.nii.gz");
    Path back = folder.resolve("lps.nii.gz");
    assertThat(run("image", "reorient", labels.toString(), there.toString(), "--to", "SRA"))
        .isZero();
    assertThat(run("image", "reorient", there.toString(), back.toString(), "--to", "LPS")).isZero();
    NiftiImage turned = NiftiReader.read(there);
    assertThat(turned.geometry().size()).isEqualTo(new Size(2, 4, 3));
    NiftiImage before = NiftiReader.read(labels);
    NiftiImage after = NiftiReader.read(back);
    assertThat(after.bytes(0)).isEqualTo(before.bytes(0));
    assertThat(after.dataType()).isEqualTo(before.dataType());
    assertThat(after.geometry().matches(before.geometry(), 1e-6)).isTrue();
  }

  @Test
  void resampleKeepsTheFieldOfViewAndALabelMapsType() {
    Path out = folder.resolve("out.nii.gz");
    assertThat(
        run(
            "image", "resample", labels.toString(), out.toString(), "--spacing", "0.5", "2", "3",
            "--order", "0"))
        .isZero();
    NiftiImage fine = NiftiReader.read(out);
    assertThat(fine.dataType().numpyName()).isEqualTo("uint8");
    assertThat(fine.geometry().size()).isEqualTo(new Size(8, 3, 2));
    assertThat(fine.geometry().originMm().x()).isEqualTo(9.75);
    short[] row = new short[8];
    System.arraycopy(fine.toLabelVolume().data(), 0, row, 0, 8);
    assertThat(row).containsExactly(0, 0, 0, 0, 2, 2, 2, 2);
  }

  @Test
  void resampleLikeTakesTheOtherGridAndNothingOutside() {
    Path like = folder.resolve("like.nii.gz");
    Path out = folder.resolve("out.nii.gz");
    NiftiWriter.writeLabels(
        like,
        new LabelVolume(
            new Geometry(new Size(3, 1, 1), new Vec3(2, 1, 1), new Vec3(11, 20, 30), Mat3.IDENTITY),
            new short[3]));
    assertThat(
        run(
            "image", "resample", labels.toString(), out.toString(), "--like", like.toString(),
            "--order", "0"))
        .isZero();
    // Centres at x = 11, 13 and 15 mm; the image's voxels lie at 10 to 13 mm.
    assertThat(NiftiReader.read(out).toLabelVolume().data()).containsExactly(0, 2, 0);
  }

  @Test
  void wrongCallsAreUsageErrors() {
    String in = image.toString();
    String out = folder.resolve("out.nii.gz").toString();
    assertThat(run("image", "resample", in, out)).isEqualTo(2);
    assertThat(run("image", "resample", in, out, "--spacing", "1e-5", "1e-5", "1e-5")).isEqualTo(2);
    assertThat(run("image", "resample", in, out, "--spacing", "1", "1")).isEqualTo(2);
    assertThat(run("image", "resample", in, out, "--spacing", "1", "1", "-1")).isEqualTo(2);
    assertThat(run("image", "resample", in, out, "--spacing", "1", "1", "1", "--order", "2"))
        .isEqualTo(2);
    assertThat(run("image", "reorient", in, out, "--to", "RRS")).isEqualTo(2);
    assertThat(run("image", "show", folder.resolve("absent.nii").toString())).isEqualTo(3);
    assertThat(run("image", "reorient", in, labels.toString(), "--to", "RAS")).isEqualTo(3);
  }

  private static int run(String... args) {
    return CommandLineFixture.run(args).exitCode();
  }
}
