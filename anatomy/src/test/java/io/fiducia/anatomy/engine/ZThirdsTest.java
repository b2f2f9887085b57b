package io.fiducia.anatomy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import org.junit.jupiter.api.Test;

class ZThirdsTest {
  /**
   * 64 slices; TotalSegmentator's slabs are then [0, 41), [2, 62) and [23, 64), of which it keeps [0, 21), [21, 42) and
   * [42, 64) (its nnunet.py: third = 64 // 3, margin 20).
   */
  @Test
  void slabsOverlapAndTheirMiddlesMakeTheWhole() {
    Size size = new Size(2, 3, 64);
    Geometry grid = new Geometry(size, new Vec3(1, 1, 1), new Vec3(0, 0, 0), Mat3.IDENTITY);
    float[] slice = new float[size.voxels()];
    for (int i = 0; i < slice.length; i++) {
      slice[i] = i / 6;
    }
    assertThat(ZThirds.fits(size)).isTrue();
    assertThat(ZThirds.fits(new Size(2, 3, 59))).isFalse();
    ZThirds split = new ZThirds(size);
    int[] first = {0, 2, 23};
    int[] last = {40, 61, 63};
    LabelVolume whole = new LabelVolume(grid, new short[slice.length]);
    for (int s = 0; s < ZThirds.COUNT; s++) {
      FloatVolume slab = split.slab(s, new FloatVolume(grid, slice));
      assertThat(slab.data()[0]).isEqualTo(first[s]);
      assertThat(slab.data()[slab.data().length - 1]).isEqualTo(last[s]);
      short[] labels = new short[slab.data().length];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = (short) (100 * (s + 1) + slab.data()[i]);
      }
      split.put(s, new LabelVolume(slab.geometry(), labels), whole);
    }
    for (int i = 0; i < slice.length; i++) {
      int slab = i / 6 < 21 ? 1 : i / 6 < 42 ? 2 : 3;
      assertThat(whole.data()[i]).isEqualTo((short) (100 * slab + i / 6));
    }
  }
}
