package io.fiducia.nifti;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NiftiLabelTableTest {
  /** The names in the file that TotalSegmentator 2.18 wrote (check_output.py --fixtures). */
  private static final Map<Integer, String> NAMES = Map
      .of(1, "spleen", 2, "a<b&c>\"d'", 3, "x]]>y", 7, "Leber \u00e4\u6f22");

  @TempDir
  Path folder;

  private static Path fixture(String name) {
    return Path.of("src/test/resources/io/fiducia/nifti").resolve(name);
  }

  private static LabelVolume labels(Geometry grid) {
    short[] data = new short[grid.size().voxels()];
    for (int i = 0; i < data.length; i++) {
      data[i] = (short) (i / 5 % 4 == 3 ? 7 : i / 5 % 4);
    }
    return new LabelVolume(grid, data);
  }

  private static byte[] inflated(Path file) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return in.readAllBytes();
    }
  }

  @Test
  void theNamesThatTotalSegmentatorWroteAreRead() {
    // x]]>y stands unescaped in a CDATA section there, so its table is no XML at all.
    assertThat(NiftiLabelTable.read(fixture("labels-broken-name.nii.gz"))).isEmpty();
    Map<Integer, String> readable = NAMES.entrySet().stream().filter(e -> e.getKey() != 3)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    assertThat(NiftiLabelTable.read(fixture("labels-totalsegmentator.nii.gz")))
        .isEqualTo(readable);
  }

  @Test
  void aLabelMapHasTheHeaderThatTotalSegmentatorWritesWithoutIdentity() throws IOException {
    NiftiTemplate template = NiftiTemplate.read(fixture("image.nii.gz"), NiftiConvention.NIBABEL);
    Path file = folder.resolve("a.nii.gz");
    NiftiWriter.writeLabels(file, labels(template.geometry()), template,
        List.of(NiftiLabelTable.extension(NAMES)));
    byte[] ours = inflated(file);
    byte[] theirs = inflated(fixture("labels-totalsegmentator.nii.gz"));
    String start = new String(inflated(fixture("image.nii.gz")), 0, 450, StandardCharsets.US_ASCII);
    assertThat(start).contains("DOE^JANE", "jane.txt", "Jane Doe");
    assertThat(new String(ours, StandardCharsets.US_ASCII)).doesNotContainIgnoringCase("jane");

    ByteBuffer expected = ByteBuffer.wrap(theirs.clone()).order(ByteOrder.LITTLE_ENDIAN);
    int theirStart = (int) expected.getFloat(108);
    // What differs on purpose: offset, display range, description, auxiliary file.
    ByteBuffer found = ByteBuffer.wrap(ours).order(ByteOrder.LITTLE_ENDIAN);
    int ourStart = (int) found.getFloat(108);
    expected.putFloat(108, ourStart).putFloat(124, 0).putFloat(128, 0).put(148, new byte[104]);
    // The letter r is a relic of ANALYZE that nibabel copies, and we write as the standard wants.
    expected.put(38, (byte) 'r');
    assertThat(Arrays.copyOf(ours, 348)).isEqualTo(Arrays.copyOf(expected.array(), 348));
    assertThat(Arrays.copyOfRange(ours, ourStart, ours.length))
        .isEqualTo(Arrays.copyOfRange(theirs, theirStart, theirs.length));
    assertThat(ourStart % 16).isZero();
    assertThat(NiftiLabelTable.read(file)).isEqualTo(NAMES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.nii", "b.nii.gz"})
  void aFileWithExtensionsIsStillRead(String name) {
    Geometry grid = new Geometry(new Size(5, 4, 3), new Vec3(1, 2, 3), new Vec3(4, 5, 6),
        Mat3.IDENTITY);
    NiftiExtension comment = new NiftiExtension(6, "no names here".getBytes(
        StandardCharsets.UTF_8));
    Path file = folder.resolve(name);
    NiftiWriter.writeLabels(file, labels(grid), NiftiTemplate.of(grid),
        List.of(comment, NiftiLabelTable.extension(Map.of(5, "five"))));
    NiftiImage back = NiftiReader.read(file);
    assertThat(back.toLabelVolume().data()).isEqualTo(labels(grid).data());
    assertThat(back.geometry().sameGrid(grid)).isTrue();
    assertThat(back.warnings()).isEmpty();
    assertThat(NiftiCompleteness.isWhole(file)).isTrue();
    List<NiftiExtension> found = NiftiReader.readExtensions(file);
    assertThat(found).extracting(NiftiExtension::code).containsExactly(6, 0);
    assertThat(new String(found.get(0).content(), StandardCharsets.UTF_8).trim())
        .isEqualTo("no names here");
    assertThat(NiftiLabelTable.read(file)).isEqualTo(Map.of(5, "five"));
  }

  @Test
  void aFileWithoutExtensionsHasNoNames() {
    Geometry grid = Geometry.of(new Size(2, 2, 2), new Vec3(1, 1, 1));
    Path file = folder.resolve("a.nii.gz");
    NiftiWriter.writeLabels(file, labels(grid));
    assertThat(NiftiReader.readExtensions(file)).isEmpty();
    assertThat(NiftiLabelTable.read(file)).isEmpty();
  }

  private static Map<Integer, String> parsed(String xml) {
    return NiftiLabelTable
        .parse(new NiftiExtension(0, xml.getBytes(StandardCharsets.UTF_8)))
        .<Map<Integer, String>>map(names -> names).orElse(Map.of());
  }

  private static String table(String labels) {
    return "<CaretExtension><VolumeInformation><LabelTable>" + labels
        + "</LabelTable></VolumeInformation></CaretExtension>";
  }

  @Test
  void entitiesAndDocumentTypesAreRefused() throws IOException {
    Path secret = folder.resolve("secret.txt");
    Files.writeString(secret, "secret");
    String label = "<Label Key='1'>&x;</Label>";
    assertThat(parsed("<!DOCTYPE a [<!ENTITY x 'boom'>]>" + table(label))).isEmpty();
    assertThat(parsed("<!DOCTYPE a [<!ENTITY x SYSTEM '" + secret.toUri() + "'>]>" + table(label)))
        .isEmpty();
    StringBuilder laughs = new StringBuilder("<!DOCTYPE a [<!ENTITY x0 'ha'>");
    for (int i = 1; i < 40; i++) {
      laughs.append("<!ENTITY x").append(i).append(" '&x").append(i - 1).append(";&x")
          .append(i - 1).append(";'>");
    }
    assertThat(parsed(laughs + "]>" + table("<Label Key='1'>&x39;</Label>"))).isEmpty();
    assertThat(parsed(table("<Label Key='1'>fine</Label>"))).isEqualTo(Map.of(1, "fine"));
  }

  @Test
  void whatIsNoLabelIsLeftOut() {
    assertThat(parsed(table("<Label Key='x'>a</Label><Label>b</Label><Label Key='2'> </Label>"
        + "<Label Key='3'>" + "c".repeat(1001) + "</Label><Label Key=' 4 '> d </Label>")))
        .isEqualTo(Map.of(4, "d"));
    assertThat(parsed("<Label Key='1'>outside of a table</Label>")).isEmpty();
    assertThat(parsed("no XML")).isEmpty();
    assertThat(parsed("")).isEmpty();
  }

  @Test
  void charactersThatXmlCannotHoldAreReplaced() {
    NiftiExtension extension = NiftiLabelTable
        .extension(Map.of(1, "a\u0000b\u0007c", 2, "line\nbreak", 3, "]]>]]>"));
    assertThat(NiftiLabelTable.parse(extension)).get()
        .isEqualTo(Map.of(1, "a\ufffdb\ufffdc", 2, "line break", 3, "]]>]]>"));
  }

  /** A header whose extensions claim more than there is, or end where they begin. */
  @Test
  void damagedExtensionsEndTheList() throws IOException {
    Geometry grid = Geometry.of(new Size(2, 2, 2), new Vec3(1, 1, 1));
    Path file = folder.resolve("a.nii");
    NiftiWriter.writeLabels(file, labels(grid), NiftiTemplate.of(grid),
        List.of(NiftiLabelTable.extension(Map.of(1, "one"))));
    byte[] whole = Files.readAllBytes(file);
    for (int size : new int[]{0, 7, -16, Integer.MAX_VALUE, whole.length}) {
      byte[] damaged = whole.clone();
      ByteBuffer.wrap(damaged).order(ByteOrder.LITTLE_ENDIAN).putInt(352, size);
      Files.write(file, damaged);
      assertThat(NiftiReader.readExtensions(file)).as("size %d", size).isEmpty();
      assertThat(NiftiReader.read(file).toLabelVolume().data()).isEqualTo(labels(grid).data());
    }
  }

  @Test
  void moreBytesThanNamesNeedAreNotRead() throws IOException {
    Geometry grid = Geometry.of(new Size(2, 2, 2), new Vec3(1, 1, 1));
    Path file = folder.resolve("a.nii");
    NiftiWriter.writeLabels(file, labels(grid), NiftiTemplate.of(grid),
        List.of(new NiftiExtension(0, new byte[1 << 24])));
    assertThat(NiftiReader.readExtensions(file)).isEmpty();
    assertThat(NiftiReader.read(file).toLabelVolume().data()).isEqualTo(labels(grid).data());
  }
}
