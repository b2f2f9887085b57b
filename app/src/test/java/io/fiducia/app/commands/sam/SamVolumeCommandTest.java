package io.fiducia.app.commands.sam;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Volumes on a small network with random weights: files, report, cache. */
class SamVolumeCommandTest extends SamVolumeFixture {
  @Test
  void severalObjectsGetTheirFilesAndALabelMap() throws IOException {
    CommandLineFixture result = segment("--prompts", prompts(object("Bladder", INITIAL) + ","
        + object("Uterus", BOX + ", {\"point\": [20, 15, 3], \"positive\": false},"
            + " {\"undo\": true}, " + INITIAL)),
        "--save-probabilities");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("Bladder: ", "Uterus: ", "prompted in 2, 5",
        "Dice with plain interpolation");
    JsonNode report = report();
    assertThat(report.path("objects").size()).isEqualTo(2);
    JsonNode first = report.path("objects").path(0);
    assertThat(first.path("name").asString()).isEqualTo("Bladder");
    JsonNode plane = first.path("planes").path(0);
    assertThat(plane.path("plane").asString()).isEqualTo("axial");
    assertThat(plane.path("prompted_slices").toString()).isEqualTo("[2,5]");
    assertThat(plane.path("gaps").path(0).path("from").asInt()).isEqualTo(2);
    assertThat(plane.path("gaps").path(0).path("to").asInt()).isEqualTo(5);
    assertThat(plane.path("walks").size()).isPositive();
    assertThat(plane.path("walks").path(0).path("reason").asString()).isNotEmpty();
    assertThat(report.path("slices_encoded").asInt()).isPositive();
    short[] mask = labels("Bladder.nii.gz");
    short[] interpolation = labels("Bladder_interpolation.nii.gz");
    int common = 0;
    int sum = 0;
    for (int i = 0; i < mask.length; i++) {
      common += mask[i] * interpolation[i];
      sum += mask[i] + interpolation[i];
    }
    assertThat(first.path("interpolation").path("dice").asDouble())
        .isEqualTo(2.0 * common / sum);
    float[] p = NiftiReader.read(out("Bladder_probabilities.nii.gz")).toFloatVolume(0).data();
    short[] all = labels("labels.nii.gz");
    for (int i = 0; i < p.length; i++) {
      assertThat(mask[i]).isEqualTo((short) (p[i] > 0.5f ? 1 : 0));
      assertThat(all[i] > 0).isEqualTo(mask[i] > 0 || labelled("Uterus", i));
    }
    assertThat(out("Bladder.png")).isNotEmptyFile();
    assertThat(out("Uterus.png")).isNotEmptyFile();
    // Encoded slices of a patient's image are not left behind.
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .noneMatch(n -> n.contains("embedding"));
    }
  }

  private short[] uterus = new short[0];

  private boolean labelled(String name, int voxel) {
    if (uterus.length == 0) {
      uterus = labels(name + ".nii.gz");
    }
    return uterus[voxel] > 0;
  }

  /** What a person tries in one slice is what the volume starts from. */
  @Test
  void thePromptedSliceIsAsInASingleSlice() throws IOException {
    String[] prompts = {"--slice", "3", "--window", "40", "220", "--box", "10", "6", "30", "25",
      "--point", "20", "15", "1"};
    CommandLineFixture one = segment(prompts);
    assertThat(one.exitCode()).as(one.err()).isZero();
    short[] slice = labels("scan.nii.gz");
    List<String> more = new ArrayList<>(Arrays.asList(prompts));
    more.addAll(List.of("--volume", "--structure", "Bladder", "--json"));
    CommandLineFixture volume = segment(more.toArray(String[]::new));
    assertThat(volume.exitCode()).as(volume.err()).isZero();
    short[] found = labels("Bladder.nii.gz");
    int inside = 0;
    for (int i = 3 * 1200; i < 4 * 1200; i++) {
      assertThat(found[i]).isEqualTo(slice[i]);
      inside += found[i];
    }
    // The mask is neither empty nor the whole slice.
    assertThat(inside).isBetween(50, 1000);
    assertThat(volume.json().path("masks").path(0).path("slice").asInt()).isEqualTo(3);
    assertThat(volume.json().path("masks").path(0).path("iou").isNumber()).isTrue();
    assertThat(out("labels.nii.gz")).doesNotExist();
  }

  @Test
  void aSecondRunWithACacheEncodesNothing() throws IOException {
    String cache = folder.resolve("cache").toString();
    String file = prompts(object("a", INITIAL));
    assertThat(segment("--prompts", file, "--cache", cache).exitCode()).isZero();
    assertThat(report().path("slices_encoded").asInt()).isPositive();
    short[] first = labels("a.nii.gz");
    assertThat(segment("--prompts", file, "--cache", cache, "--overwrite").exitCode()).isZero();
    assertThat(report().path("slices_encoded").asInt()).isZero();
    assertThat(labels("a.nii.gz")).isEqualTo(first);
    // Another model encodes for itself, and gives what it gives without a cache.
    weights = weights("other.safetensors", 5);
    assertThat(segment("--prompts", file, "--cache", cache, "--overwrite").exitCode()).isZero();
    assertThat(report().path("slices_encoded").asInt()).isPositive();
    short[] other = labels("a.nii.gz");
    assertThat(segment("--prompts", file, "--overwrite").exitCode()).isZero();
    assertThat(labels("a.nii.gz")).isEqualTo(other);
  }

  @Test
  void aSingleSliceUsesTheCacheToo() throws IOException {
    String cache = folder.resolve("cache").toString();
    CommandLineFixture first = segment("--slice", "3", "--box", "10", "6", "30", "25", "--cache",
        cache);
    assertThat(first.exitCode()).as(first.err()).isZero();
    short[] mask = labels("scan.nii.gz");
    try (Stream<Path> files = Files.list(Path.of(cache))) {
      assertThat(files).hasSize(1);
    }
    assertThat(segment("--slice", "3", "--box", "10", "6", "30", "25", "--cache", cache,
        "--overwrite").exitCode()).isZero();
    assertThat(labels("scan.nii.gz")).isEqualTo(mask);
    assertRefusedUsage(segment("--slice", "3", "--box", "10", "6", "30", "25", "--cache", cache,
        "--cache-size", "0"), "--cache-size must be above 0");
  }

  private static void assertRefusedUsage(CommandLineFixture result, String part) {
    assertThat(result.exitCode()).as(result.err()).isEqualTo(2);
    assertThat(result.err()).contains(part);
  }

  @Test
  void aBoxOfTheVolumeIsPromptedInItsMiddle() throws IOException {
    CommandLineFixture result = segment("--box", "10", "6", "1", "30", "25", "4");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("scan: ", "prompted in 2", "the end of the given slices");
    JsonNode plane = report().path("objects").path(0).path("planes").path(0);
    assertThat(plane.path("prompted_slices").toString()).isEqualTo("[2]");
    short[] mask = labels("scan.nii.gz");
    for (int i = 0; i < mask.length; i++) {
      assertThat(mask[i] == 0 || i / 1200 >= 1 && i / 1200 <= 4).isTrue();
    }
    for (JsonNode slice : plane.path("slices")) {
      assertThat(slice.path("slice").asInt()).isBetween(1, 4);
    }
  }

  @Test
  void theRangeAndThePlaneAreTheUsers() throws IOException {
    CommandLineFixture result = segment("--prompts", prompts(object("a", INITIAL)), "--first", "1",
        "--last", "5");
    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode axial = report().path("objects").path(0).path("planes").path(0);
    assertThat(axial.path("slices").path(0).path("slice").asInt()).isPositive();
    short[] interpolation = labels("a_interpolation.nii.gz");
    int first = 0;
    for (int i = 1200; i < 2400; i++) {
      first += interpolation[i];
    }
    // With a range the baseline shrinks to a point at its ends.
    assertThat(first).isPositive();
    result = segment("--prompts", prompts(object("a", INITIAL)), "--plane", "coronal",
        "--overwrite");
    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode coronal = report().path("objects").path(0).path("planes").path(0);
    assertThat(coronal.path("plane").asString()).isEqualTo("coronal");
    // The discs reach from row 8 to row 22.
    assertThat(coronal.path("prompted_slices").path(0).asInt()).isEqualTo(8);
    assertThat(coronal.path("prompted_slices").size()).isEqualTo(15);
  }

  @Test
  void threePlanesAreAveraged() throws IOException {
    CommandLineFixture result = segment("--three-planes", "--box", "10", "6", "1", "30", "25", "5",
        "--structure", "Bladder");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("the mean of three planes");
    JsonNode report = report();
    assertThat(report.path("three_planes").asBoolean()).isTrue();
    JsonNode planes = report.path("objects").path(0).path("planes");
    assertThat(planes.size()).isEqualTo(3);
    assertThat(planes.path(1).path("plane").asString()).isEqualTo("coronal");
    assertThat(planes.path(1).path("prompted_slices").toString()).isEqualTo("[15]");
    assertThat(report.path("masks").size()).isEqualTo(3);
    assertThat(out("Bladder_interpolation.nii.gz")).isNotEmptyFile();
    assertThat(out("Bladder.png")).isNotEmptyFile();
  }

  /** The objects that can be segmented are; the others are named. */
  @Test
  void anObjectThatFailsDoesNotStopTheOthers() throws IOException {
    CommandLineFixture result = segment("--prompts", prompts(object("bad",
        "{\"lasso\": \"drawn.nii.gz\"}") + "," + object("good", INITIAL)));
    assertThat(result.exitCode()).as(result.err()).isEqualTo(4);
    assertThat(result.err()).contains("bad was not segmented", "lasso");
    assertThat(report().path("problems").size()).isEqualTo(1);
    assertThat(report().path("objects").path(0).path("label").asInt()).isEqualTo(2);
    assertThat(out("bad.nii.gz")).doesNotExist();
    assertThat(labels("labels.nii.gz")).contains((short) 2).doesNotContain((short) 1);
  }

  @Test
  void anImageOfOneSliceIsAVolumeToo() throws IOException {
    Geometry one = Geometry.of(new Size(40, 30, 1), new Vec3(1, 1, 5));
    FloatVolume all = volume(GRID);
    NiftiWriter.writeFloats(image,
        new FloatVolume(one, Arrays.copyOfRange(all.data(), 3 * 1200, 4 * 1200)));
    short[] disc = new short[1200];
    Arrays.fill(disc, 500, 520, (short) 1);
    NiftiWriter.writeLabels(folder.resolve("drawn.nii.gz"), new LabelVolume(one, disc));
    CommandLineFixture result = segment("--prompts", prompts(object("a", INITIAL)));
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(NiftiReader.read(out("a.nii.gz")).toLabelVolume().data()).isEqualTo(disc);
    assertThat(report().path("objects").path(0).path("interpolation").path("dice").asDouble())
        .isEqualTo(1);
  }

  /** In CT the window follows the structure's name. */
  @Test
  void theWindowFollowsTheStructure() throws IOException {
    FloatVolume ct = volume(GRID);
    ct.data()[5] = -1000;
    NiftiWriter.writeFloats(image, ct);
    CommandLineFixture result = segment("--prompts",
        prompts(object("Femur_Head_L", INITIAL) + "," + object("Bladder", INITIAL) + ","
            + object("something", INITIAL)));
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(report().path("objects").path(0).path("window").toString())
        .isEqualTo("[-500.0,1300.0]");
    assertThat(report().path("objects").path(1).path("window").toString())
        .isEqualTo("[-160.0,240.0]");
    assertThat(report().path("objects").path(2).path("window").path(0).asDouble())
        .isGreaterThan(40);
    assertThat(segment("--prompts", prompts(object("something", INITIAL)), "--structure", "Lung_L",
        "--overwrite").exitCode()).isZero();
    assertThat(report().path("objects").path(0).path("window").toString())
        .isEqualTo("[-1350.0,150.0]");
  }
}
