package io.fiducia.app.commands.universeg;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether the shipped weights and what surrounds them still find anatomy: a synthetic pelvis after five
 * others. The floors lie about 0.1 below what was measured (bladder 0.83, anorectum 0.61, left femoral
 * head 0.80, uterus 0.56, which was never trained on); a version that corrected the place by a coarse pass
 * reached 0.81, 0.39, 0.58 and 0.43.
 */
@Tag("long")
class PelvisAfterExamplesTest {
  private static final Map<String, Double> FLOORS = Map.of("Bladder", 0.73, "Anorectum", 0.51,
      "Femur_Head_L", 0.70, "Uterus", 0.46);

  @TempDir
  private static Path folder;
  private static Path raw;
  private static RawDataset dataset;
  private static RawCase target;
  private static LabelVolume truth;

  @BeforeAll
  static void pelves() {
    raw = folder.resolve("Dataset931_Phantom");
    run("phantom", "--cases", "6", "--test", "1", "--size", "small", "--seed", "77",
        raw.toString());
    dataset = RawDataset.open(raw);
    target = dataset.test().getFirst();
    truth = NiftiReader.read(target.label().orElseThrow()).toLabelVolume();
  }

  private static int label(String structure) {
    return dataset.json().labelSet().structures().find(structure).orElseThrow().labels()
        .getFirst();
  }

  /** The label map that a command makes of the sixth pelvis. */
  private static short[] segmented(Path out, String... options) {
    List<String> all = new ArrayList<>(List.of("universeg", "segment", "--image",
        target.images().getFirst().toString(), "--draws", "1", "-o", out.toString()));
    all.addAll(List.of(options));
    run(all.toArray(String[]::new));
    return NiftiReader.read(out.resolve(target.id() + "_0000.nii.gz")).toLabelVolume().data();
  }

  @Test
  void organsOfAPelvisAreFound() {
    short[] found = segmented(folder.resolve("organs"), "--support", raw.toString(),
        "--structures", "Bladder", "Anorectum", "Femur_Head_L", "Uterus");
    FLOORS.forEach((name, floor) -> assertThat(LabelDice.of(found, truth.data(), label(name)))
        .as(name).isGreaterThan(floor));
  }

  /**
   * Every fifth slice of the bladder is contoured. Measured: 0.67; with up to eight slices that are done as
   * support, 0.54.
   */
  @Test
  void contouredSlicesAreFollowed() {
    int bladder = label("Bladder");
    int perSlice = truth.geometry().size().x() * truth.geometry().size().y();
    short[] some = new short[truth.data().length];
    for (int i = 0; i < some.length; i++) {
      some[i] = (short) (truth.data()[i] == bladder && i / perSlice % 5 == 0 ? 1 : 0);
    }
    Path slices = folder.resolve("slices.nii.gz");
    NiftiWriter.writeLabels(slices, new LabelVolume(truth.geometry(), some));
    short[] found = segmented(folder.resolve("bladder"), "--annotated", slices.toString());
    short[] whole = new short[some.length];
    for (int i = 0; i < some.length; i++) {
      whole[i] = (short) (truth.data()[i] == bladder ? 1 : 0);
    }
    assertThat(LabelDice.of(found, whole, 1)).isGreaterThan(0.6);
  }

  private static void run(String... arguments) {
    CommandLineFixture done = CommandLineFixture.run(arguments);
    assertThat(done.exitCode()).as(List.of(arguments) + done.err()).isZero();
  }
}
