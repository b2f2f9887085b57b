package io.fiducia.universeg.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.core.prompt.Prompt;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.universeg.slice.SliceView;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PromptChannelsTest {
  /** Pixels are voxels, slice k is voxel slice k + 1. */
  private static final Geometry GRID = Geometry.of(new Size(64, 64, 5), new Vec3(1, 1, 2));
  private static final SliceView VIEW = new SliceView(SlicePlane.AXIAL, new Vec3(31.5, 31.5, 4),
      64, 64, 3, 2);

  private static float at(float[] channels, int channel, int x, int y) {
    return channels[(channel * 64 + y) * 64 + x];
  }

  private static double sum(float[] channels, int channel) {
    double sum = 0;
    for (int i = 0; i < 64 * 64; i++) {
      sum += channels[channel * 64 * 64 + i];
    }
    return sum;
  }

  @Test
  void aClickIsOnePixelOfItsSlice() {
    Map<Integer, float[]> found = PromptChannels.of(
        List.of(new Prompt.Click(10, 12, 2, true), new Prompt.Click(20, 5, 2, false)), GRID, VIEW);
    assertThat(found).containsOnlyKeys(1);
    assertThat(at(found.get(1), 1, 10, 12)).isEqualTo(1);
    assertThat(at(found.get(1), 2, 20, 5)).isEqualTo(1);
    assertThat(sum(found.get(1), 0)).isZero();
    assertThat(sum(found.get(1), 1)).isEqualTo(1);
    assertThat(sum(found.get(1), 2)).isEqualTo(1);
  }

  @Test
  void aLaterClickOfTheOtherKindErasesAnEarlierOne() {
    float[] found = PromptChannels.of(List.of(new Prompt.Click(10, 12, 2, true),
        new Prompt.Click(10, 12, 2, false)), GRID, VIEW).get(1);
    assertThat(sum(found, 1)).isZero();
    assertThat(at(found, 2, 10, 12)).isEqualTo(1);
  }

  @Test
  void aBoxIsFilledInAllItsSlices() {
    Map<Integer, float[]> found = PromptChannels.of(
        List.of(new Prompt.Box(Region.between(4, 6, 1, 25, 20, 3))), GRID, VIEW);
    assertThat(found).containsOnlyKeys(0, 1);
    for (float[] slice : found.values()) {
      assertThat(sum(slice, 0)).isEqualTo(21 * 14);
      assertThat(at(slice, 0, 4, 6)).isEqualTo(1);
      assertThat(at(slice, 0, 24, 19)).isEqualTo(1);
      assertThat(at(slice, 0, 25, 19)).isZero();
      assertThat(at(slice, 0, 3, 6)).isZero();
    }
  }

  @Test
  void aScribbleIsWhereItWasDrawn() {
    short[] drawn = new short[GRID.size().voxels()];
    for (int i = 8; i < 15; i++) {
      drawn[GRID.size().index(i, 14, 3)] = 1;
    }
    Map<Integer, float[]> found = PromptChannels.of(
        List.of(new Prompt.Scribble(new LabelVolume(GRID, drawn), true)), GRID, VIEW);
    assertThat(found).containsOnlyKeys(2);
    assertThat(sum(found.get(2), 1)).isEqualTo(7);
    assertThat(at(found.get(2), 1, 8, 14)).isEqualTo(1);
  }

  @Test
  void whatLiesOutsideOfTheViewIsLeftOut() {
    assertThat(PromptChannels.of(List.of(new Prompt.Click(10, 12, 0, true)), GRID, VIEW))
        .isEmpty();
  }
}
