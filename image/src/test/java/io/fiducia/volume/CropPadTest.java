package io.fiducia.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import org.junit.jupiter.api.Test;

class CropPadTest {
  private static final Size SIZE = new Size(4, 3, 2);
  private static final Geometry GRID = Geometry.of(SIZE, new Vec3(1, 2, 3));

  private static FloatVolume counting() {
    float[] data = new float[24];
    for (int i = 0; i < 24; i++) {
      data[i] = i;
    }
    return new FloatVolume(GRID, data);
  }

  @Test
  void aBoxInsideIsCutOutAndPutBack() {
    Region box = Region.between(1, 1, 0, 3, 3, 2);
    FloatVolume cut = CropPad.apply(counting(), box, -1);
    assertThat(cut.data()).containsExactly(5, 6, 9, 10, 17, 18, 21, 22);
    assertThat(cut.geometry().originMm()).isEqualTo(new Vec3(1, 2, 0));
    FloatVolume back = CropPad.apply(cut, box.inverse(SIZE), -1);
    assertThat(back.geometry()).isEqualTo(GRID);
    assertThat(back.at(2, 2, 1)).isEqualTo(22);
    assertThat(back.at(0, 2, 1)).isEqualTo(-1);
  }

  @Test
  void outsideIsFilled() {
    FloatVolume far = CropPad.apply(counting(), new Region(10, 0, 0, SIZE), 9);
    assertThat(far.data()).containsOnly(9);
    FloatVolume grown = CropPad.apply(counting(), Region.whole(SIZE).grown(1, 1, 1), 9);
    assertThat(grown.geometry().size()).isEqualTo(new Size(6, 5, 4));
    assertThat(grown.at(0, 0, 0)).isEqualTo(9);
    assertThat(grown.at(4, 3, 2)).isEqualTo(23);
    assertThat(Region.whole(SIZE).grown(1, 2, 3).clippedTo(SIZE)).isEqualTo(Region.whole(SIZE));
  }

  @Test
  void theBoundingBoxHoldsAllLabels() {
    short[] labels = new short[24];
    assertThat(CropPad.boundingBox(new LabelVolume(GRID, labels))).isEmpty();
    labels[SIZE.index(2, 0, 1)] = 3;
    labels[SIZE.index(1, 2, 1)] = 1;
    labels[SIZE.index(3, 2, 0)] = -1;
    assertThat(CropPad.boundingBox(new LabelVolume(GRID, labels)))
        .hasValue(Region.between(1, 0, 1, 3, 3, 2));
  }

  @Test
  void reorientingFlipsAndPermutes() {
    // LPS to RPS turns the rows over.
    FloatVolume turned = Reorient.to(counting(), Orientation.parse("RPS"));
    assertThat(turned.at(0, 0, 0)).isEqualTo(3);
    assertThat(turned.geometry().originMm()).isEqualTo(new Vec3(3, 0, 0));
    FloatVolume swapped = Reorient.to(counting(), Orientation.parse("SPL"));
    assertThat(swapped.geometry().size()).isEqualTo(new Size(2, 3, 4));
    assertThat(swapped.at(1, 2, 3)).isEqualTo(counting().at(3, 2, 1));
    short[] labels = new short[24];
    labels[SIZE.index(3, 0, 0)] = 5;
    LabelVolume map = new LabelVolume(GRID, labels);
    assertThat(Reorient.to(map, Orientation.parse("RPS")).at(0, 0, 0)).isEqualTo((short) 5);
    assertThat(Reorient.to(map, Orientation.parse("LPS"))).isSameAs(map);
  }
}
