package io.fiducia.nifti;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Vec3;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NiftiReaderTest {
  @TempDir
  Path folder;

  private NiftiImage read(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.write(file, bytes);
    return NiftiReader.read(file);
  }

  /** Code, bits, name and numbers that only the right type gives back. */
  private static final List<Object[]> TYPES = List.of(
      new Object[]{2, 8, "uint8", new double[]{0, 255, 128, 1, 2, 3}},
      new Object[]{256, 8, "int8", new double[]{-128, 127, -1, 1, 2, 3}},
      new Object[]{4, 16, "int16", new double[]{-32768, 32767, -1, 258, 2, 3}},
      new Object[]{512, 16, "uint16", new double[]{0, 65535, 32768, 258, 2, 3}},
      new Object[]{8, 32, "int32", new double[]{-0x1p31, 0x1p31 - 1, -1, 66051, 2, 3}},
      new Object[]{768, 32, "uint32", new double[]{0, 0x1p32 - 1, 0x1p31, 66051, 2, 3}},
      new Object[]{1024, 64, "int64", new double[]{-0x1p63, 0x1p52, -1, 66051, 2, 3}},
      new Object[]{1280, 64, "uint64", new double[]{0, 0x1p63, 0x1.8p63, 66051, 2, 3}},
      new Object[]{16, 32, "float32", new double[]{-1.5, 1e30f, 0, -0.25, 2, 3}},
      new Object[]{64, 64, "float64", new double[]{-1.1, 1e300, 0, -0.25, 2, 3}});

  static Stream<Arguments> everyKind() {
    List<Arguments> all = new ArrayList<>();
    for (int version : List.of(1, 2)) {
      for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
        for (boolean pair : List.of(false, true)) {
          for (boolean zipped : List.of(false, true)) {
            all.add(Arguments.of(version, order, pair, zipped));
          }
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("everyKind")
  void everyTypeIsReadFromEveryKindOfFile(
      int version, ByteOrder order, boolean pair, boolean zipped) throws IOException {
    for (Object[] type : TYPES) {
      int code = (int) type[0];
      double[] values = (double[]) type[3];
      NiftiBytes file = new NiftiBytes(version, order, pair, 3, 2, 1).type(code, (int) type[1]);
      byte[] voxels = file.voxels(code, values);
      String gz = zipped ? ".gz" : "";
      NiftiImage image;
      if (pair) {
        Files.write(folder.resolve("a.img" + gz), zipped ? NiftiBytes.gzip(voxels) : voxels);
        byte[] header = file.header.array();
        image = read("a.hdr" + gz, zipped ? NiftiBytes.gzip(header) : header);
        assertThat(NiftiReader.read(folder.resolve("a.img" + gz)).bytes(0)).isEqualTo(voxels);
      } else {
        byte[] whole = file.with(voxels);
        image = read("a.nii" + gz, zipped ? NiftiBytes.gzip(whole) : whole);
      }
      assertThat(image.dataType().numpyName()).isEqualTo(type[2]);
      assertThat(image.version()).isEqualTo(version);
      assertThat(image.byteOrder()).isEqualTo(order);
      assertThat(image.shape()).containsExactly(3, 2);
      assertThat(image.warnings()).isEmpty();
      float[] floats = image.toFloatVolume(0).data();
      for (int i = 0; i < values.length; i++) {
        assertThat(image.value(0, i)).as("%s voxel %d", type[2], i).isEqualTo(values[i]);
        assertThat(floats[i]).isEqualTo((float) values[i]);
      }
    }
  }

  @Test
  void sformBecomesLpsAndStaysRasInTheAffine() throws IOException {
    NiftiImage image = read("a.nii", NiftiBytes.one(2, 2, 2).with(new byte[16]));
    assertThat(image.affine()[0]).containsExactly(-2, 0, 0, 90);
    assertThat(image.affine()[3]).containsExactly(0, 0, 0, 1);
    assertThat(image.geometry().spacingMm()).isEqualTo(new Vec3(2, 3, 4));
    assertThat(image.geometry().originMm()).isEqualTo(new Vec3(-90, -126, -72));
    assertThat(image.geometry().toPhysical(1, 1, 1)).isEqualTo(new Vec3(-88, -123, -68));
    assertThat(Orientation.of(image.geometry()).codes()).isEqualTo("LPS");
  }

  @Test
  void shearInTheSformIsKept() throws IOException {
    NiftiImage image = read("a.nii", NiftiBytes.one(2, 2, 2)
        .sform(1, new double[]{2, 0, 0, 0, 0, 2, 1, 0, 0, 0, 4, 0}).with(new byte[16]));
    assertThat(image.geometry().toPhysical(0, 0, 1)).isEqualTo(new Vec3(0, -1, 4));
    assertThat(image.geometry().voxelVolumeMm3()).isCloseTo(16, within(1e-12));
  }

  /** A quarter turn about z has the closed form R = (0 -1 0; 1 0 0; 0 0 1); qfac turns z over. */
  @Test
  void qformIsUsedWithoutSform() throws IOException {
    double h = Math.sqrt(0.5);
    NiftiImage image = read("a.nii", new NiftiBytes(2, ByteOrder.LITTLE_ENDIAN, false, 2, 2, 2)
        .noSform().qform(1, -1, 0, 0, h, 10, 20, 30).pixdim(1, 2).pixdim(2, 3).pixdim(3, 5)
        .with(new byte[16]));
    double[][] expected = {{0, -3, 0, 10}, {2, 0, 0, 20}, {0, 0, -5, 30}, {0, 0, 0, 1}};
    for (int row = 0; row < 4; row++) {
      assertThat(image.affine()[row]).containsExactly(expected[row], within(1e-12));
    }
    assertThat(image.warnings()).isEmpty();
  }

  @Test
  void withoutSformAndQformSpacingAloneIsUsedWithAWarning() throws IOException {
    NiftiImage image = read("a.nii", NiftiBytes.one(2, 2, 2)
        .noSform().pixdim(1, 2).pixdim(2, 3).pixdim(3, 5).with(new byte[16]));
    assertThat(image.affine()[0]).containsExactly(2, 0, 0, 0);
    assertThat(image.affine()[2]).containsExactly(0, 0, 5, 0);
    assertThat(image.warnings()).singleElement().asString().contains("neither sform nor qform");
  }

  @Test
  void metresAreConvertedAndTheAffineStaysAsInTheFile() throws IOException {
    NiftiImage image = read("a.nii", NiftiBytes.one(2, 2, 2).units(1).with(new byte[16]));
    assertThat(image.geometry().spacingMm()).isEqualTo(new Vec3(2000, 3000, 4000));
    assertThat(image.affine()[1][3]).isEqualTo(126);
  }

  @Test
  void scalingIsAppliedUnlessTheSlopeIsZeroOrNotFinite() throws IOException {
    NiftiBytes file = NiftiBytes.one(2, 1, 1);
    byte[] voxels = file.voxels(4, 3, -4);
    NiftiImage scaled = read("a.nii", file.scale(0.5, -1024).with(voxels));
    assertThat(scaled.toFloatVolume(0).data()).containsExactly(-1022.5f, -1026f);
    assertThat(scaled.statistics())
        .isEqualTo(new NiftiImage.Statistics(-1026, -1022.5, -1024.25, 0));
    for (double slope : new double[]{0, Double.NaN, Double.POSITIVE_INFINITY}) {
      NiftiImage plain = read("b.nii", file.scale(slope, 7).with(voxels));
      assertThat(plain.toFloatVolume(0).data()).containsExactly(3, -4);
    }
  }

  @Test
  void theFourthDimensionIsChannelsAndTrailingOnesAreDropped() throws IOException {
    NiftiBytes file = NiftiBytes.one(2, 1, 1, 3, 1, 1);
    NiftiImage image = read("a.nii", file.with(file.voxels(4, 1, 2, 3, 4, 5, 6)));
    assertThat(image.channels()).isEqualTo(3);
    assertThat(image.shape()).containsExactly(2, 1, 1, 3);
    assertThat(image.toFloatVolume(2).data()).containsExactly(5, 6);
    assertThat(image.statistics().mean()).isEqualTo(3.5);
  }

  @Test
  void nanIsKeptAndCounted() throws IOException {
    NiftiBytes file = NiftiBytes.one(4, 1, 1).type(16, 32);
    NiftiImage image = read("a.nii", file.with(
        file.voxels(16, 1, Double.NaN, Double.NEGATIVE_INFINITY, 3)));
    assertThat(image.toFloatVolume(0).data())
        .containsExactly(1, Float.NaN, Float.NEGATIVE_INFINITY, 3);
    assertThat(image.nonFiniteCount()).isEqualTo(2);
    assertThat(image.statistics()).isEqualTo(new NiftiImage.Statistics(1, 3, 2, 2));
  }

  @Test
  void wholeFloatsAreLabelsAndOthersNameTheVoxel() throws IOException {
    NiftiBytes file = NiftiBytes.one(2, 2, 1).type(16, 32);
    assertThat(read("a.nii", file.with(file.voxels(16, 0, 1.0004, 6.9996, 32767)))
        .toLabelVolume().data()).containsExactly((short) 0, (short) 1, (short) 7, (short) 32767);
    for (double bad : new double[]{0.5, -1, Double.NaN, 32768, Double.POSITIVE_INFINITY}) {
      NiftiImage image = read("b.nii", file.with(file.voxels(16, 0, 1, bad, bad)));
      assertThat(caught(image::toLabelVolume)).satisfies(e -> {
        assertThat(e.where()).contains("b.nii", "voxel (0, 1, 0)");
        assertThat(e.why()).contains("found " + bad);
      });
    }
  }

  @Test
  void concatenatedGzipMembersAreOneFile() throws IOException {
    NiftiBytes file = NiftiBytes.one(2, 1, 1);
    byte[] first = NiftiBytes.gzip(file.header.array());
    byte[] second = NiftiBytes.gzip(file.voxels(4, 8, 9));
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    assertThat(read("a.nii.gz", both).toFloatVolume(0).data()).containsExactly(8, 9);
  }

  @Test
  void bytesAfterTheVoxelsGiveAWarning() throws IOException {
    assertThat(read("a.nii", NiftiBytes.one(2, 1, 1).with(new byte[5])).warnings())
        .singleElement().asString().contains("after the last voxel");
  }

  /** nibabel 5.4.2 and SimpleITK 2.5.7 read int16 whatever bitpix says: 0, 8, 32, 64 and -1. */
  @ParameterizedTest
  @ValueSource(ints = {0, 8, 32, 64, -1})
  void theDataTypeCountsWhereBitpixContradictsIt(int bitpix) throws IOException {
    NiftiBytes file = NiftiBytes.one(2, 1, 1).type(4, bitpix);
    NiftiImage image = read("a.nii", file.with(file.voxels(4, 300, -7)));
    assertThat(image.toFloatVolume(0).data()).containsExactly(300, -7);
    assertThat(image.warnings()).singleElement().asString().contains("bitpix is " + bitpix,
        "int16");
  }

  static FiduciaException caught(Runnable work) {
    try {
      work.run();
    } catch (FiduciaException e) {
      return e;
    }
    throw new AssertionError("no error");
  }

  private static NiftiBytes three() {
    return NiftiBytes.one(3, 3, 3);
  }

  static Stream<Arguments> badFiles() {
    byte[] good = three().with(new byte[54]);
    double nan = Double.NaN;
    byte[] voxels = new byte[54];
    byte[] gz = NiftiBytes.gzip(good);
    byte[] broken = gz.clone();
    broken[broken.length - 6] ^= 1;
    return Stream.of(
        Arguments.of("empty.nii", new byte[0], "empty"),
        Arguments.of("empty.nii.gz", new byte[0], "empty"),
        Arguments.of("short.nii", new byte[100], "not NIfTI"),
        Arguments.of("text.nii", "x".repeat(1000).getBytes(), "not NIfTI"),
        Arguments.of("analyze.nii", three().magic("\0\0\0\0").with(voxels), "ANALYZE"),
        Arguments.of("cut.nii", Arrays.copyOf(good, good.length - 1), "truncated"),
        Arguments.of("cut.nii.gz", Arrays.copyOf(gz, gz.length - 20), "truncated"),
        Arguments.of("crc.nii.gz", broken, "damaged"),
        Arguments.of("plain.nii.gz", good, "not compressed"),
        Arguments.of("zeroDim.nii", three().dim(2, 0).with(voxels), "dim[2]"),
        Arguments.of("negative.nii", three().dim(1, -3).with(voxels), "dim[1]"),
        Arguments.of("rank.nii", three().dim(0, 9).with(voxels), "dim[0]"),
        Arguments.of("five.nii", NiftiBytes.one(1, 1, 1, 1, 2).with(voxels), "four dimensions"),
        Arguments.of(
            "huge.nii", NiftiBytes.one(32767, 32767, 32767).with(voxels), "too large"),
        Arguments.of("lies.nii", NiftiBytes.one(32767, 30000, 2).with(voxels), "truncated"),
        Arguments.of(
            "lies.nii.gz", NiftiBytes.gzip(NiftiBytes.one(900, 900, 900).with(voxels)),
            "truncated"),
        Arguments.of(
            "overflow.nii",
            new NiftiBytes(2, ByteOrder.BIG_ENDIAN, false, 3, 3, 3).dim(1, 1L << 62).with(voxels),
            "too large"),
        Arguments.of(
            "channels.nii",
            new NiftiBytes(2, ByteOrder.BIG_ENDIAN, false, 3, 3, 3, 2).dim(4, 1L << 31)
                .with(voxels),
            "dim[4]"),
        Arguments.of("type.nii", three().type(32, 64).with(voxels), "type is not supported"),
        Arguments.of("rgb.nii", three().type(128, 24).with(voxels), "type is not supported"),
        Arguments.of("offset.nii", three().real(108, 168, 1e6).with(voxels), "truncated"),
        Arguments.of("offset0.nii", three().real(108, 168, 10).with(voxels), "vox_offset"),
        Arguments.of("offsetNan.nii", three().real(108, 168, nan).with(voxels), "vox_offset"),
        Arguments.of("inter.nii", three().scale(1, nan).with(voxels), "scl_inter"),
        Arguments.of("nan.nii", three().real(284, 408, nan).with(voxels), "srow_x"),
        Arguments.of("singular.nii", three().sform(1, new double[12]).with(voxels), "orientation"),
        Arguments.of(
            "qnan.nii", three().noSform().qform(1, 1, nan, 0, 0, 0, 0, 0).with(voxels),
            "quatern_b"),
        Arguments.of(
            "qlong.nii", three().noSform().qform(1, 1, 1, 1, 0, 0, 0, 0).with(voxels), "quatern"),
        Arguments.of("pixdim0.nii", three().noSform().pixdim(2, 0).with(voxels), "pixdim[2]"),
        Arguments.of("pixdim-.nii", three().noSform().pixdim(3, -1).with(voxels), "pixdim[3]"),
        Arguments.of(
            "lone.hdr",
            new NiftiBytes(1, ByteOrder.LITTLE_ENDIAN, true, 3, 3, 3).with(new byte[0]),
            "other file of the NIfTI pair"),
        Arguments.of(
            "pair.nii",
            new NiftiBytes(1, ByteOrder.LITTLE_ENDIAN, true, 3, 3, 3).with(new byte[60]),
            "header of a NIfTI pair"),
        Arguments.of("lone.img", new byte[54], "other file of the NIfTI pair"));
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("badFiles")
  void badFilesAreRefusedWithAReason(String name, byte[] bytes, String what) {
    FiduciaException e = caught(() -> {
      try {
        read(name, bytes);
      } catch (IOException io) {
        throw new AssertionError(io);
      }
    });
    assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
    assertThat(e.what()).contains(what);
    assertThat(e.where()).contains(name);
    assertThat(e.advice()).isNotEmpty();
  }

  @Test
  void missingFilesAndFoldersAreNamed() {
    assertThat(caught(() -> NiftiReader.read(folder.resolve("no.nii"))).what())
        .isEqualTo("the file does not exist");
    assertThat(caught(() -> NiftiReader.read(folder.resolve("no.img"))).what())
        .isEqualTo("the file does not exist");
    assertThat(caught(() -> NiftiReader.read(folder)).what()).contains("found a folder");
  }

  /** Expected numbers by nibabel 5.4.2. */
  @Test
  void realImagesReadAsNibabelReadsThem() {
    Path shared = Path.of(System.getProperty("fiducia.shared", ""));
    Assumptions.assumeTrue(Files.isDirectory(shared.resolve("data")), "shared data absent");
    NiftiImage mr = NiftiReader.read(
        shared.resolve("data/Dataset004_Hippocampus/imagesTr/hippocampus_001_0000.nii.gz"));
    assertThat(mr.shape()).containsExactly(35, 51, 35);
    assertThat(mr.statistics().mean()).isCloseTo(63.52179271708683, within(1e-11));
    assertThat(mr.geometry().originMm()).isEqualTo(new Vec3(-1, -1, 1));
    NiftiImage pet = NiftiReader.read(
        shared.resolve("data/sarcoma-dicom-rt/nifti/STS_002/PET_image.nii.gz"));
    assertThat(pet.affine()[0]).containsExactly(-5.46875, 0, 0, -2.734380006790161);
    assertThat(pet.affine()[2]).containsExactly(0, 0, 3.2699999809265137, -629.02001953125);
    assertThat(pet.statistics().max()).isEqualTo(21.67574691772461);
    assertThat(pet.statistics().mean()).isCloseTo(0.6222520153441795, within(1e-11));
    NiftiImage mask = NiftiReader.read(
        shared.resolve("data/sarcoma-dicom-rt/nifti/STS_002/MR_T1_mask.nii.gz"));
    assertThat(mask.toLabelVolume().geometry().size().voxels()).isEqualTo(115 * 90 * 35);
    assertThat(mask.statistics().mean()).isCloseTo(0.04717736369910283, within(1e-13));
  }
}
