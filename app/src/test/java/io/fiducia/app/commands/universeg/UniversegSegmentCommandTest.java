package io.fiducia.app.commands.universeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.geometry.Orientation;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.testing.SyntheticDataset;
import io.fiducia.torch.Device;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.SafetensorsWriter;
import io.fiducia.torch.nn.StoredTensors;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.network.NetworkShape;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Segments balls and cubes, which the shipped weights have never seen, after three examples. */
class UniversegSegmentCommandTest {
  private static final int TARGET = 4;

  @TempDir
  private Path folder;
  private Path raw;
  private Path image;
  private Path out;

  @BeforeEach
  void dataset() throws IOException {
    raw = SyntheticDataset.write(folder.resolve("Dataset905_Balls"), TARGET + 1);
    for (int c = 0; c <= TARGET; c++) {
      calm(SyntheticDataset.image(raw, c), SyntheticDataset.labels(c));
    }
    image = Files.move(SyntheticDataset.image(raw, TARGET), folder.resolve("target.nii.gz"));
    Files.move(SyntheticDataset.label(raw, TARGET), folder.resolve("truth.nii.gz"));
    out = folder.resolve("out");
  }

  /** Reduces the noise, which differs from voxel to voxel as that of no scanner does. */
  private static void calm(Path file, short[] labels) {
    FloatVolume image = NiftiReader.read(file).toFloatVolume(0);
    float[] data = image.data();
    for (int i = 0; i < data.length; i++) {
      float clean = 10 + 100 * labels[i];
      data[i] = clean + 0.2f * (data[i] - clean);
    }
    NiftiWriter.writeFloats(file, image);
  }

  private CommandLineFixture segment(String... more) {
    List<String> all = new ArrayList<>(List.of("universeg", "segment", "--support", raw.toString(),
        "--image", image.toString(), "-o", out.toString(), "--draws", "1"));
    all.addAll(List.of(more));
    return CommandLineFixture.run(all.toArray(String[]::new));
  }

  private short[] labels(Path file) {
    return NiftiReader.read(file).toLabelVolume().data();
  }

  @Test
  void findsBothStructuresAndSaysHowSurely() {
    CommandLineFixture run = segment("--json", "--save-probabilities", "--save-uncertainty");
    assertThat(run.exitCode()).as(run.err()).isZero();
    short[] truth = labels(folder.resolve("truth.nii.gz"));
    short[] found = labels(out.resolve("target.nii.gz"));
    assertThat(LabelDice.of(found, truth, 1)).isGreaterThan(0.75);
    assertThat(LabelDice.of(found, truth, 2)).isGreaterThan(0.75);
    NiftiImage p = NiftiReader.read(out.resolve("target_probabilities.nii.gz"));
    assertThat(p.channels()).isEqualTo(2);
    float[] ball = p.toFloatVolume(0).data();
    float[] cube = p.toFloatVolume(1).data();
    for (int i = 0; i < found.length; i++) {
      // Background where no probability is above one half; stray parts may have been removed.
      if (found[i] > 0) {
        assertThat(found[i] == 1 ? ball[i] : cube[i]).isGreaterThan(0.5f);
        assertThat(found[i] == 1 ? ball[i] >= cube[i] : cube[i] >= ball[i]).isTrue();
      }
    }
    assertThat(NiftiReader.read(out.resolve("target_uncertainty.nii.gz")).channels()).isEqualTo(2);
    var structure = run.json().get("images").get(0).get("structures").get(0);
    assertThat(structure.get("name").asString()).isEqualTo("ball");
    assertThat(structure.get("uncertainty").asDouble()).isBetween(0.0, 0.5);
    assertThat(structure.get("volume_cm3").asDouble()).isCloseTo(
        count(found, 1) * 1.5 / 1000, within(1e-6));
    assertThat(out.resolve("target.json")).exists();
  }

  private static long count(short[] labels, int label) {
    long n = 0;
    for (short l : labels) {
      n += l == label ? 1 : 0;
    }
    return n;
  }

  @Test
  void supportAndTargetMayLieInAnyOrientation() {
    assertThat(segment().exitCode()).isZero();
    FloatVolume turned = NiftiReader.read(image).reorientedTo(new Orientation("PIR"))
        .toFloatVolume(0);
    NiftiWriter.writeFloats(folder.resolve("turned.nii.gz"), turned);
    image = folder.resolve("turned.nii.gz");
    assertThat(segment().exitCode()).isZero();
    Orientation original = Orientation.of(NiftiReader.readGeometry(folder.resolve("truth.nii.gz")));
    short[] back = NiftiReader.read(out.resolve("turned.nii.gz")).reorientedTo(original)
        .toLabelVolume().data();
    short[] straight = labels(out.resolve("target.nii.gz"));
    assertThat(LabelDice.of(back, straight, 1)).isGreaterThan(0.99);
    assertThat(LabelDice.of(back, straight, 2)).isGreaterThan(0.99);
  }

  @Test
  void theSameSeedGivesTheSameFile() throws IOException {
    assertThat(segment("--seed", "5").exitCode()).isZero();
    byte[] first = Files.readAllBytes(out.resolve("target.nii.gz"));
    assertThat(segment("--seed", "5", "--overwrite").exitCode()).isZero();
    assertThat(Files.readAllBytes(out.resolve("target.nii.gz"))).isEqualTo(first);
  }

  @Test
  void looksWhereTheUserSays() {
    CommandLineFixture run = segment("--structures", "ball", "--box", "1", "2", "5", "11", "13",
        "13", "--json");
    assertThat(run.exitCode()).as(run.err()).isZero();
    short[] found = labels(out.resolve("target.nii.gz"));
    assertThat(LabelDice.of(found, labels(folder.resolve("truth.nii.gz")), 1)).isGreaterThan(0.7);
    assertThat(count(found, 2)).isZero();
    assertThat(run.json().get("images").get(0).get("structures").get(0).get("likeness")
        .asDouble()).isEqualTo(1);
  }

  @Test
  void severalPlanesAndOverlappingStructures() {
    assertThat(segment("--overlap", "--planes", "axial", "coronal", "sagittal").exitCode())
        .isZero();
    short[] truth = labels(folder.resolve("truth.nii.gz"));
    short[] cube = labels(out.resolve("target").resolve("cube.nii.gz"));
    short[] asOne = new short[truth.length];
    for (int i = 0; i < truth.length; i++) {
      asOne[i] = (short) (truth[i] == 2 ? 1 : 0);
    }
    assertThat(LabelDice.of(cube, asOne, 1)).isGreaterThan(0.75);
  }

  @Test
  void goesOnFromContouredSlicesOfTheImageItself() {
    LabelVolume truth = NiftiReader.read(folder.resolve("truth.nii.gz")).toLabelVolume();
    short[] some = truth.data().clone();
    int plane = SyntheticDataset.SIZE.x() * SyntheticDataset.SIZE.y();
    for (int i = 0; i < some.length; i++) {
      some[i] = i / plane == 8 || i / plane == 11 ? some[i] : 0;
    }
    Path annotated = folder.resolve("slices.nii.gz");
    NiftiWriter.writeLabels(annotated, new LabelVolume(truth.geometry(), some));
    CommandLineFixture run = segment("--annotated", annotated.toString(), "--structures", "ball");
    assertThat(run.exitCode()).as(run.err()).isZero();
    short[] found = labels(out.resolve("target.nii.gz"));
    // Two of six slices were given; between them the ball must be found.
    short[] middle = Arrays.copyOfRange(found, 9 * plane, 11 * plane);
    assertThat(LabelDice.of(middle, Arrays.copyOfRange(truth.data(), 9 * plane, 11 * plane), 1))
        .isGreaterThan(0.8);
    assertThat(Arrays.copyOfRange(found, 8 * plane, 9 * plane))
        .isEqualTo(ballsOnly(Arrays.copyOfRange(truth.data(), 8 * plane, 9 * plane)));
  }

  /** Random weights: nothing is found well, but every prompt must count. */
  @Test
  void promptsReachMultiverSeg() throws IOException {
    Path weights = folder.resolve("multiverseg.safetensors");
    try (InContextNetwork network = InContextNetwork.create(NetworkShape.multiverseg(4),
        Device.CPU, 7); TorchScope scope = TorchScope.open("test")) {
      SafetensorsWriter.write(weights, StoredTensors.toStored(network.state()), Map.of());
    }
    String box = "{\"box\": [[1, 2, 9], [11, 13, 10]]}";
    byte[] boxed = prompted(weights, "box", box);
    assertThat(prompted(weights, "click", box + ", {\"point\": [6, 7, 9]}")).isNotEqualTo(boxed);
    assertThat(prompted(weights, "undone",
        box + ", {\"point\": [6, 7, 9]}, {\"undo\": true}")).isEqualTo(boxed);
    assertThat(prompted(weights, "negative",
        box + ", {\"point\": [6, 7, 9], \"positive\": false}")).isNotEqualTo(boxed);
  }

  /** The probabilities after some steps. */
  private byte[] prompted(Path weights, String name, String steps) throws IOException {
    Path file = Files.writeString(folder.resolve(name + ".json"),
        "{\"objects\": [{\"name\": \"ball\", \"steps\": [" + steps + "]}]}");
    CommandLineFixture run = segment("--weights", weights.toString(), "--model", "multiverseg",
        "--prompts", file.toString(), "--save-probabilities", "--overwrite");
    assertThat(run.exitCode()).as(run.err()).isZero();
    return Files.readAllBytes(out.resolve("target_probabilities.nii.gz"));
  }

  private static short[] ballsOnly(short[] labels) {
    for (int i = 0; i < labels.length; i++) {
      labels[i] = labels[i] == 1 ? labels[i] : 0;
    }
    return labels;
  }

  @Test
  void namesWhatIsWrong() throws IOException {
    assertFails(2, "did you mean ball?", "--structures", "bal");
    assertFails(2, "did you mean ball_1?", "--cases", "ball_11");
    assertFails(2, "expected axial, coronal, sagittal", "--planes", "oblique");
    assertFails(2, "--support-size", "--support-size", "0");
    assertFails(3, "expected MultiverSeg, found UniverSeg", "--model", "multiverseg");
    assertFails(3, "the box lies outside of the image", "--box", "0", "0", "0", "99", "9", "9");
    Path text = Files.writeString(folder.resolve("weights.pt"), "nothing");
    assertFails(3, "weights.pt", "--weights", text.toString());
    Path prompts = Files.writeString(folder.resolve("prompts.json"),
        "{\"objects\": [{\"name\": \"ball\", \"steps\": [{\"point\": [6, 7, 99]}]}]}");
    assertFails(3, "ball, step 1", "--prompts", prompts.toString());
    Files.writeString(prompts,
        "{\"objects\": [{\"name\": \"ball\", \"steps\": [{\"point\": [6, 7, 9]}]}]}");
    assertFails(2, "UniverSeg takes no prompts", "--prompts", prompts.toString());
    assertThat(out).doesNotExist();
  }

  private void assertFails(int code, String message, String... options) {
    CommandLineFixture run = segment(options);
    assertThat(run.err()).contains(message);
    assertThat(run.exitCode()).isEqualTo(code);
  }

  @Test
  void aStructureThatNoCaseHasIsNamed() throws IOException {
    SyntheticDataset.json(raw, "{\"background\": 0, \"ball\": 1, \"cube\": 2, \"cone\": 3}");
    assertFails(3, "no support case has the structure", "--structures", "cone");
    assertFails(3, "cone", "--structures", "cone", "--plain");
    // A case without it is left out, and said.
    LabelVolume one = NiftiReader.read(SyntheticDataset.label(raw, 0)).toLabelVolume();
    short[] without = one.data().clone();
    for (int i = 0; i < without.length; i++) {
      without[i] = without[i] == 2 ? 0 : without[i];
    }
    NiftiWriter.writeLabels(SyntheticDataset.label(raw, 0),
        new LabelVolume(one.geometry(), without));
    CommandLineFixture run = segment("--structures", "cube");
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).contains("cube is not contoured in ball_0");
  }

  @Test
  void oneSupportAndOneSliceAreEnough() {
    assertThat(segment("--cases", "ball_0").exitCode()).isZero();
    FloatVolume whole = NiftiReader.read(image).toFloatVolume(0);
    int plane = SyntheticDataset.SIZE.x() * SyntheticDataset.SIZE.y();
    NiftiWriter.writeFloats(folder.resolve("slice.nii.gz"),
        new FloatVolume(
            new io.fiducia.volume.Region(0, 0, 9, new io.fiducia.geometry.Size(
                SyntheticDataset.SIZE.x(), SyntheticDataset.SIZE.y(), 1)).of(whole.geometry()),
            Arrays.copyOfRange(whole.data(), 9 * plane, 10 * plane)));
    image = folder.resolve("slice.nii.gz");
    CommandLineFixture run = segment("--structures", "ball");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(NiftiReader.readGeometry(out.resolve("slice.nii.gz")).size().z()).isEqualTo(1);
  }

  @Test
  void constantImagesAndOtherModalitiesAreSaid() {
    FloatVolume whole = NiftiReader.read(image).toFloatVolume(0);
    NiftiWriter.writeFloats(image, new FloatVolume(whole.geometry(),
        new float[whole.data().length]));
    assertFails(3, "the image shows nothing");
    float[] hounsfield = whole.data().clone();
    for (int i = 0; i < hounsfield.length; i++) {
      hounsfield[i] = 4 * hounsfield[i] - 1000;
    }
    NiftiWriter.writeFloats(image, new FloatVolume(whole.geometry(), hounsfield));
    CommandLineFixture run = segment();
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).contains("like a CT, unlike the support");
  }

  @Test
  void intensitiesThatAreNotNumbersAreRefusedInEveryWay() {
    NiftiWriter.writeLabels(folder.resolve("slices.nii.gz"),
        NiftiReader.read(folder.resolve("truth.nii.gz")).toLabelVolume());
    FloatVolume whole = NiftiReader.read(image).toFloatVolume(0);
    whole.data()[100] = Float.NaN;
    NiftiWriter.writeFloats(image, whole);
    assertFails(3, "NaN or infinite");
    assertFails(3, image.toString());
    assertFails(3, "NaN or infinite", "--plain");
    assertFails(3, "NaN or infinite", "--annotated", folder.resolve("slices.nii.gz").toString());
    assertThat(out.resolve("target.nii.gz")).doesNotExist();
  }

  @Test
  void existingResultsAreKept() {
    assertThat(segment("--structures", "ball").exitCode()).isZero();
    assertFails(3, "the output exists already", "--structures", "ball");
  }
}
