package io.fiducia.promptable.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.Modality;
import io.fiducia.core.StructureVocabulary;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GreyWindowTest {
  private static FloatVolume volume(float... values) {
    return new FloatVolume(Geometry.of(new Size(values.length, 1, 1), new Vec3(1, 1, 1)), values);
  }

  @Test
  void mapsLevelAndWidth() {
    assertThat(GreyWindow.SOFT_TISSUE).isEqualTo(new GreyWindow(-160, 240));
    assertThat(GreyWindow.SOFT_TISSUE.grey(40)).isEqualTo(127.5f);
    assertThat(GreyWindow.SOFT_TISSUE.grey(-1000)).isZero();
    assertThat(GreyWindow.SOFT_TISSUE.grey(3000)).isEqualTo(255);
    assertThat(GreyWindow.BONE).isEqualTo(new GreyWindow(-500, 1300));
  }

  /** numpy.percentile(w[w != 0], [0.5, 99.5]) of these numbers. */
  @Test
  void percentilesLeaveZerosOut() {
    float[] values = new float[1000];
    for (int h = 0; h < values.length; h++) {
      values[h] = h % 3 == 0 ? 0 : h * 37 % 1000 - 200;
    }
    GreyWindow window = GreyWindow.ofPercentiles(volume(values));
    assertThat(window.low()).isCloseTo(-195.675, within(1e-9));
    assertThat(window.high()).isCloseTo(758.675, within(1e-9));
  }

  @Test
  void aMaskAsImageHasItsTwoValuesAsWindow() {
    assertThat(GreyWindow.ofPercentiles(volume(0, 0, 7, 7))).isEqualTo(new GreyWindow(0, 7));
  }

  @Test
  void anImageOfOneValueHasNoWindow() {
    assertThatThrownBy(() -> GreyWindow.ofPercentiles(volume(0, 0, 0)))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("shows nothing");
    assertThatThrownBy(() -> GreyWindow.ofPercentiles(volume(5, 5)))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("intensity 5");
  }

  @ParameterizedTest
  @CsvSource({"5,5", "6,5", "NaN,5", "0,Infinity"})
  void aWindowThatIsNoneIsRefused(double low, double high) {
    assertThatThrownBy(() -> GreyWindow.chosen(low, high)).isInstanceOfSatisfying(
        FiduciaException.class, e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.USAGE));
  }

  @ParameterizedTest
  @CsvSource({"Femur_Head_L,BONE", "femur_left,BONE", "Bone_Mandible,BONE", "VB_L5,BONE",
    "Rib05_L,BONE", "Lung_L,LUNG", "Bladder,SOFT_TISSUE", "Lung_Vessels,LUNG",
    "BoneMarrow,SOFT_TISSUE", "my own structure,SOFT_TISSUE", "sacrum,BONE"})
  void theWindowOfACtDependsOnTheStructure(String structure, String expected) {
    GreyWindow window = switch (expected) {
      case "BONE" -> GreyWindow.BONE;
      case "LUNG" -> GreyWindow.LUNG;
      default -> GreyWindow.SOFT_TISSUE;
    };
    StructureWindows windows = new StructureWindows(StructureVocabulary.load());
    assertThat(windows.of(structure, Modality.CT, volume(1, 2))).isEqualTo(window);
    assertThat(windows.of(structure, Modality.MR, volume(0, 2, 0)))
        .isEqualTo(new GreyWindow(0, 2));
  }
}
