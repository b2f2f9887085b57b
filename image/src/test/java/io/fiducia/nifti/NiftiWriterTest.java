package io.fiducia.nifti;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.SeededRandom;
import io.fiducia.geometry.AxisMap;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NiftiWriterTest {
  @TempDir
  Path folder;

  private static Geometry oblique(Size size, long seed) {
    SeededRandom random = SeededRandom.of(seed, "oblique");
    Mat3 any = new Mat3(vector(random), vector(random), vector(random));
    return new Geometry(
        size,
        new Vec3(random.nextDouble(0.5, 5), random.nextDouble(0.5, 5), random.nextDouble(0.5, 5)),
        vector(random).times(100),
        any.nearestOrthogonal());
  }

  private static Vec3 vector(SeededRandom random) {
    return new Vec3(random.nextGaussian(), random.nextGaussian(), random.nextGaussian());
  }

  @Test
  void floatsComeBackWithTheirPlace() {
    for (int seed = 0; seed < 50; seed++) {
      Geometry grid = oblique(new Size(4, 3, 2), seed);
      float[] data = new float[24];
      SeededRandom random = SeededRandom.of(seed, "data");
      for (int i = 0; i < 24; i++) {
        data[i] = (float) random.nextGaussian();
      }
      data[5] = Float.NaN;
      Path file = folder.resolve("a.nii.gz");
      NiftiWriter.writeFloats(file, new FloatVolume(grid, data));
      NiftiImage back = NiftiReader.read(file);
      assertThat(back.toFloatVolume(0).data()).isEqualTo(data);
      assertThat(back.geometry().matches(grid, 1e-4)).as("seed %d", seed).isTrue();
    }
  }

  /** The qform must say what the sform says, also for half turns and mirrored grids. */
  @Test
  void qformEqualsSform() throws IOException {
    for (int seed = 0; seed < 100; seed++) {
      Geometry grid = seed < 4 ? halfTurn(seed) : oblique(new Size(4, 3, 2), seed);
      Path file = folder.resolve("a.nii");
      NiftiWriter.writeFloats(file, new FloatVolume(grid, new float[24]));
      byte[] bytes = Files.readAllBytes(file);
      ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(header.getShort(252)).isEqualTo((short) 1);
      assertThat(header.getShort(254)).isEqualTo((short) 1);
      header.putShort(254, (short) 0);
      Files.write(file, bytes);
      assertThat(NiftiReader.read(file).geometry().matches(grid, 5e-3)).as("seed %d", seed)
          .isTrue();
    }
  }

  private static Geometry halfTurn(int which) {
    double[] s = {which == 0 ? 1 : which == 1 ? 1 : -1, which == 0 || which == 2 ? 1 : -1, 0};
    return new Geometry(
        new Size(4, 3, 2), new Vec3(1, 2, 3), new Vec3(5, 6, 7),
        new Mat3(new Vec3(s[0], 0, 0), new Vec3(0, s[1], 0), new Vec3(0, 0, s[0] * s[1])));
  }

  @Test
  void shearIsWrittenWithoutQform() throws IOException {
    Geometry sheared = new Geometry(
        new Size(4, 3, 2), new Vec3(1, 2, 3), new Vec3(5, 6, 7),
        new Mat3(new Vec3(1, 0, 0), new Vec3(0, 1, 0), new Vec3(0, 0.28, 0.96)));
    Path file = folder.resolve("a.nii");
    NiftiWriter.writeFloats(file, new FloatVolume(sheared, new float[24]));
    assertThat(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN)
        .getShort(252)).isEqualTo((short) 0);
    assertThat(NiftiReader.read(file).geometry().matches(sheared, 1e-5)).isTrue();
  }

  @Test
  void labelsTakeTheSmallestTypeAndNegativeOnesAreRefused() {
    Geometry grid = oblique(new Size(3, 1, 1), 1);
    Path file = folder.resolve("a.nii.gz");
    NiftiWriter.writeLabels(file, new LabelVolume(grid, new short[]{0, 255, 1}));
    assertThat(NiftiReader.read(file).dataType()).isEqualTo(NiftiDataType.UINT8);
    short[] many = {0, 256, 32767};
    NiftiWriter.writeLabels(file, new LabelVolume(grid, many));
    NiftiImage back = NiftiReader.read(file);
    assertThat(back.dataType()).isEqualTo(NiftiDataType.UINT16);
    assertThat(back.toLabelVolume().data()).isEqualTo(many);
    LabelVolume negative = new LabelVolume(grid, new short[]{0, 1, -1});
    assertThat(NiftiReaderTest.caught(() -> NiftiWriter.writeLabels(file, negative)).where())
        .contains("voxel (2, 0, 0)");
    assertThat(NiftiReader.read(file).toLabelVolume().data()).isEqualTo(many);
  }

  @Test
  void channelsLieOnTheFourthAxis() {
    Geometry grid = oblique(new Size(2, 1, 1), 1);
    Path file = folder.resolve("a.nii");
    NiftiWriter.writeFloats(file, List.of(
        new FloatVolume(grid, new float[]{1, 2}), new FloatVolume(grid, new float[]{3, 4})));
    NiftiImage back = NiftiReader.read(file);
    assertThat(back.shape()).containsExactly(2, 1, 1, 2);
    assertThat(back.toFloatVolume(1).data()).containsExactly(3, 4);
  }

  @Test
  void axesBeyond32767MakeNifti2() {
    Geometry grid = Geometry.of(new Size(40000, 1, 1), new Vec3(1, 1, 1));
    short[] labels = new short[40000];
    labels[39999] = 7;
    Path file = folder.resolve("a.nii.gz");
    NiftiWriter.writeLabels(file, new LabelVolume(grid, labels));
    NiftiImage back = NiftiReader.read(file);
    assertThat(back.version()).isEqualTo(2);
    assertThat(back.toLabelVolume().data()).isEqualTo(labels);
  }

  @Test
  void readAndWrittenImagesKeepTypeScalingByteOrderAndCode() throws IOException {
    NiftiBytes bytes = new NiftiBytes(1, ByteOrder.BIG_ENDIAN, false, 2, 2, 1).scale(0.5, 3)
        .sform(4, new double[]{-2, 0, 0, 90, 0, -3, 0, 126, 0, 0, 4, -72});
    Files.write(folder.resolve("a.nii"), bytes.with(bytes.voxels(4, 1, -2, 3, 4)));
    NiftiImage image = NiftiReader.read(folder.resolve("a.nii"));
    NiftiWriter.write(folder.resolve("b.nii"), image);
    NiftiImage back = NiftiReader.read(folder.resolve("b.nii"));
    assertThat(back.bytes(0)).isEqualTo(image.bytes(0));
    assertThat(back.byteOrder()).isEqualTo(ByteOrder.BIG_ENDIAN);
    assertThat(back.slope()).isEqualTo(0.5);
    assertThat(back.intercept()).isEqualTo(3);
    assertThat(back.affine()).isDeepEqualTo(image.affine());
    assertThat(back.header().affineCode()).isEqualTo(4);
  }

  @Test
  void compressedFilesAreTheSameEachTimeAndHoldNoNameOrTime() throws IOException {
    Size size = new Size(256, 256, 40);
    float[] data = new float[size.voxels()];
    for (int i = 0; i < data.length; i++) {
      data[i] = (i * 31) % 1000;
    }
    FloatVolume volume = new FloatVolume(oblique(size, 3), data);
    NiftiWriter.writeFloats(folder.resolve("a.nii.gz"), volume);
    NiftiWriter.writeFloats(folder.resolve("b.nii.gz"), volume);
    NiftiWriter.writeFloats(folder.resolve("c.nii"), volume);
    byte[] a = Files.readAllBytes(folder.resolve("a.nii.gz"));
    assertThat(a).isEqualTo(Files.readAllBytes(folder.resolve("b.nii.gz")));
    assertThat(a).startsWith(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
    try (GZIPInputStream in = new GZIPInputStream(
        Files.newInputStream(folder.resolve("a.nii.gz")))) {
      assertThat(in.readAllBytes()).isEqualTo(Files.readAllBytes(folder.resolve("c.nii")));
    }
  }

  @Test
  void aDescriptionStandsWhereTheFormatWantsIt() throws IOException {
    NiftiImage image = NiftiImage.ofLabels(new LabelVolume(
        Geometry.of(new Size(40000, 1, 1), new Vec3(1, 1, 1)), new short[40000]));
    NiftiImage small = NiftiImage.ofLabels(new LabelVolume(
        Geometry.of(new Size(2, 1, 1), new Vec3(1, 1, 1)), new short[2]));
    NiftiWriter.write(folder.resolve("1.nii"), small, "synthetic");
    NiftiWriter.write(folder.resolve("2.nii"), image, "synthetic");
    // NIfTI-1.1 and NIfTI-2: char descrip[80] at bytes 148 and 240.
    byte[] one = Files.readAllBytes(folder.resolve("1.nii"));
    byte[] two = Files.readAllBytes(folder.resolve("2.nii"));
    assertThat(new String(one, 148, 10, StandardCharsets.US_ASCII))
        .isEqualTo("synthetic\0");
    assertThat(new String(two, 240, 10, StandardCharsets.US_ASCII))
        .isEqualTo("synthetic\0");
    assertThat(NiftiReader.read(folder.resolve("2.nii")).geometry()).isEqualTo(image.geometry());
    assertThatThrownBy(() -> NiftiWriter.write(folder.resolve("3.nii"), small, "x".repeat(80)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void otherNamesAreRefused() {
    FloatVolume volume = new FloatVolume(oblique(new Size(1, 1, 1), 3), new float[1]);
    assertThat(NiftiReaderTest.caught(
        () -> NiftiWriter.writeFloats(folder.resolve("a.mha"), volume)).why()).contains(".nii");
  }

  @Test
  void reorientingMovesNoVoxelAndLeadsBack() {
    Size size = new Size(4, 3, 2);
    float[] data = new float[24];
    for (int i = 0; i < 24; i++) {
      data[i] = i;
    }
    for (int seed = 0; seed < 30; seed++) {
      Geometry grid = oblique(size, seed);
      NiftiImage image = NiftiImage.ofFloats(List.of(new FloatVolume(grid, data)));
      NiftiImage ras = image.reorientedTo(Orientation.parse("RAS"));
      assertThat(Orientation.of(ras.geometry()).codes()).isEqualTo("RAS");
      FloatVolume values = ras.toFloatVolume(0);
      Size out = ras.geometry().size();
      for (int k = 0; k < out.z(); k++) {
        for (int j = 0; j < out.y(); j++) {
          for (int i = 0; i < out.x(); i++) {
            Vec3 index = grid.toIndex(ras.geometry().toPhysical(i, j, k));
            int voxel = size.index(
                (int) Math.round(index.x()), (int) Math.round(index.y()),
                (int) Math.round(index.z()));
            assertThat(values.at(i, j, k)).isEqualTo(voxel);
          }
        }
      }
      AxisMap map = Orientation.of(grid).to(new Orientation("RAS"));
      NiftiImage back = ras.reoriented(map.inverse());
      assertThat(back.bytes(0)).isEqualTo(image.bytes(0));
      assertThat(back.geometry().matches(grid, 1e-9)).isTrue();
    }
  }

  @Test
  void aRegionMayReachBeyondTheImage() {
    Geometry grid = oblique(new Size(2, 2, 1), 5);
    NiftiImage image = NiftiImage.ofFloats(List.of(new FloatVolume(grid, new float[]{1, 2, 3, 4})));
    NiftiImage part = image.region(new Region(1, -1, 0, new Size(2, 2, 1)));
    assertThat(part.toFloatVolume(0).data()).containsExactly(0, 0, 2, 0);
    assertThat(part.geometry().originMm().minus(grid.toPhysical(1, -1, 0)).norm())
        .isCloseTo(0, within(1e-9));
  }
}
