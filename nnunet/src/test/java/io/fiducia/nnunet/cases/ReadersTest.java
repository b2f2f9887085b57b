package io.fiducia.nnunet.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.FiduciaException;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.preprocess.Fixture;
import io.fiducia.raster.RasterImage;
import io.fiducia.raster.RasterReader;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every reader on every orientation, on headers that contradict themselves, and on pictures: arrays
 * and what is written back equal those of nnunetv2 2.8.1 (make_readers.py).
 */
class ReadersTest {
  @TempDir
  static Path folder;

  /**
   * Files that upstream refuses and we read, see the notes at {@link CaseReader}; and one that
   * upstream reads as a volume of three slices although it is a picture in colours.
   */
  private static final Set<String> DIFFERENT = Set.of("rgb.tif Tiff3DIO",
      "plane.nii.gz NibabelIO", "plane.nii.gz NibabelIOWithReorient",
      "plane.nii.gz SimpleITKIOWithReorient", "channels.nii.gz SimpleITKIOWithReorient");

  @TestFactory
  Stream<DynamicTest> equalUpstream() throws IOException {
    unzip();
    JsonNode expected = JsonMapper.shared()
        .readTree(Files.readString(Fixture.path("readers.json")));
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<String, JsonNode> file : expected.properties()) {
      for (Map.Entry<String, JsonNode> reader : file.getValue().properties()) {
        String name = file.getKey() + " " + reader.getKey();
        if (!DIFFERENT.contains(name)) {
          tests.add(DynamicTest.dynamicTest(name,
              () -> check(folder.resolve(file.getKey()), reader.getKey(), reader.getValue())));
        }
      }
    }
    assertThat(tests).hasSizeGreaterThan(280);
    return tests.stream();
  }

  /** nnU-Net's choice: the first reader for the ending that can read the first image. */
  @Test
  void datasetsGetTheReaderThatReadsTheirFirstImage() throws IOException {
    unzip();
    assertThat(dataset("upright", "RAS.nii.gz", ".nii.gz", 1).json().reader())
        .isEqualTo("SimpleITKIO");
    assertThat(dataset("sheared", "shear.nii.gz", ".nii.gz", 1).json().reader())
        .isEqualTo("NibabelIO");
    RawDataset colours = dataset("colours", "rgb.png", ".png", 3);
    assertThat(colours.json().reader()).isEqualTo("NaturalImage2DIO");
    CaseImages read = new CaseReader("NaturalImage2DIO").readImages(colours.training().get(0));
    assertThat(read.channels()).hasNumberOfRows(3);
    assertThat(dataset("page", "grey.tif", ".tif", 1).json().reader())
        .isEqualTo("NaturalImage2DIO");
    assertThat(dataset("pages", "stack_0000.tif", ".tif", 1).json().reader())
        .isEqualTo("Tiff3DIO");
  }

  private static RawDataset dataset(String name, String image, String ending, int channels)
      throws IOException {
    Path raw = folder.resolve(name);
    Files.createDirectories(raw.resolve("imagesTr"));
    Files.createDirectories(raw.resolve("labelsTr"));
    Files.copy(folder.resolve(image), raw.resolve("imagesTr/a_0000" + ending));
    Files.copy(folder.resolve(image), raw.resolve("labelsTr/a" + ending));
    String names = IntStream.range(0, channels).mapToObj(c -> "\"" + c + "\": \"CT\"")
        .collect(Collectors.joining(", "));
    Files.writeString(raw.resolve("dataset.json"), "{\"channel_names\": {" + names
        + "}, \"labels\": {\"background\": 0, \"a\": 1}, \"file_ending\": \"" + ending + "\"}");
    return RawDataset.open(raw);
  }

  private static void unzip() throws IOException {
    try (ZipInputStream zip = new ZipInputStream(
        Files.newInputStream(Fixture.path("readers.zip")))) {
      ZipEntry entry;
      while ((entry = zip.getNextEntry()) != null) {
        Files.write(folder.resolve(entry.getName()), zip.readAllBytes());
      }
    }
  }

  private static void check(Path file, String reader, JsonNode expected) throws IOException {
    CaseImages read;
    try {
      read = new CaseReader(reader).readImages(new RawCase("case", List.of(file),
          Optional.empty()));
    } catch (FiduciaException e) {
      assertThat(expected.isString()).as(e.getMessage()).isTrue();
      assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
      return;
    }
    assertThat(expected.isString()).as("upstream refuses the file").isFalse();
    assertThat(shape(read)).isEqualTo(ints(expected.get("shape")));
    for (int a = 0; a < 3; a++) {
      assertThat(read.spacing().get(a))
          .isCloseTo(expected.get("spacing").get(a).asDouble(), within(1e-12));
    }
    assertThat(digest(read.channels())).isEqualTo(expected.get("sha256").asString());
    if (expected.has("written")) {
      checkWritten(file, read, expected.get("written"));
    }
  }

  private static List<Integer> shape(CaseImages read) {
    List<Integer> shape = new ArrayList<>(List.of(read.channels().length));
    for (int n : read.shape()) {
      shape.add(n);
    }
    return shape;
  }

  private static void checkWritten(Path file, CaseImages read, JsonNode expected)
      throws IOException {
    short[] labels = new short[read.channels()[0].length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (short) (Math.abs(Math.rint(read.channels()[0][i])) % 7);
    }
    int[] shape = read.shape();
    CaseProperties p = new CaseProperties(read.grid(), List.of(0, 1, 2),
        CaseProperties.Crop.whole(Grids.listOf(shape)), read.spacing(), ClassLocations.none());
    Path out = folder.resolve("out").resolve(file.getFileName());
    LabelVolume back = CaseExport.toFile(labels, p);

    CaseExport.write(out, back, p);

    if (expected.has("affine")) {
      NiftiImage image = NiftiReader.read(out);
      List<Integer> size = ints(expected.get("shape"));
      assertThat(image.declaredDimensions()).isEqualTo(size.size());
      // Of a file with two axes, what lies across them means nothing.
      List<Integer> used = size.size() == 2 ? List.of(0, 1, 3) : List.of(0, 1, 2, 3);
      for (int row : used) {
        for (int column : used) {
          assertThat(image.affine()[row][column]).isCloseTo(
              expected.get("affine").get(row).get(column).asDouble(), within(1e-5));
        }
      }
      assertThat(digest(image.toLabelVolume().data()))
          .isEqualTo(expected.get("sha256").asString());
      return;
    }
    List<RasterImage> pages = RasterReader.readPages(out);
    short[] all = new short[labels.length];
    for (int i = 0; i < all.length; i++) {
      float[] page = pages.get(i / (all.length / pages.size())).planes().get(0);
      all[i] = (short) page[i % page.length];
    }
    assertThat(digest(all)).isEqualTo(expected.get("sha256").asString());
    assertThat(new CaseReader(read.grid().reader()).readLabels(out).data()).isEqualTo(labels);
    if (pages.size() > 1) {
      Path sidecar = Pictures.sidecar(out, false);
      assertThat(Files.readString(sidecar)).isEqualTo("{\"spacing\":" + read.spacing().toString()
          .replace(" ", "") + "}\n");
    }
  }

  private static List<Integer> ints(JsonNode node) {
    List<Integer> list = new ArrayList<>();
    node.forEach(v -> list.add(v.asInt()));
    return list;
  }

  private static String digest(float[][] channels) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * channels.length * channels[0].length)
        .order(ByteOrder.LITTLE_ENDIAN);
    for (float[] channel : channels) {
      for (float v : channel) {
        bytes.putFloat(v);
      }
    }
    return digest(bytes.array());
  }

  private static String digest(short[] labels) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * labels.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asShortBuffer().put(labels);
    return digest(bytes.array());
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
