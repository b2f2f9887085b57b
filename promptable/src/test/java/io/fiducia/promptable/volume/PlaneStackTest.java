package io.fiducia.promptable.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlaneStackTest {
  private static final GreyWindow WINDOW = new GreyWindow(0, 255);

  private static FloatVolume ramp(Geometry grid) {
    float[] data = new float[grid.size().voxels()];
    for (int n = 0; n < data.length; n++) {
      data[n] = n;
    }
    return new FloatVolume(grid, data);
  }

  @Test
  void slicesFollowThePatientsAxes() {
    FloatVolume image = ramp(Geometry.of(new Size(3, 4, 5), new Vec3(1, 1, 1)));
    PlaneStack axial = PlaneStack.of(image, SlicePlane.AXIAL, WINDOW);
    assertThat(axial.axes().slices()).isEqualTo(5);
    assertThat(axial.width()).isEqualTo(3);
    assertThat(axial.height()).isEqualTo(4);
    assertThat(axial.grey(1)[4]).isEqualTo(image.at(1, 1, 1));
    PlaneStack coronal = PlaneStack.of(image, SlicePlane.CORONAL, WINDOW);
    assertThat(coronal.axes().slices()).isEqualTo(4);
    assertThat(coronal.grey(2)[3 * 3 + 1]).isEqualTo(image.at(1, 2, 3));
    PlaneStack sagittal = PlaneStack.of(image, SlicePlane.SAGITTAL, WINDOW);
    assertThat(sagittal.axes().slices()).isEqualTo(3);
    assertThat(sagittal.width()).isEqualTo(4);
    assertThat(sagittal.grey(2)[3 * 4 + 1]).isEqualTo(image.at(2, 1, 3));
  }

  /** A volume whose third axis runs to the patient's left and whose first runs to inferior, oblique by 30 degrees. */
  @Test
  void anObliqueVolumeHasEachPlaneAlongAnAxisOfItsOwn() {
    double c = Math.cos(Math.toRadians(30));
    double s = Math.sin(Math.toRadians(30));
    Mat3 direction = new Mat3(new Vec3(0, s, -c), new Vec3(0, c, s), new Vec3(1, 0, 0));
    Geometry grid = new Geometry(new Size(3, 4, 5), new Vec3(1, 1, 1), new Vec3(7, 8, 9),
        direction);
    assertThat(SlicePlane.AXIAL.indexAxis(grid)).isEqualTo(0);
    assertThat(SlicePlane.CORONAL.indexAxis(grid)).isEqualTo(1);
    assertThat(SlicePlane.SAGITTAL.indexAxis(grid)).isEqualTo(2);
    FloatVolume image = ramp(grid);
    PlaneStack axial = PlaneStack.of(image, SlicePlane.AXIAL, WINDOW);
    assertThat(axial.width()).isEqualTo(4);
    assertThat(axial.height()).isEqualTo(5);
    assertThat(axial.grey(2)[3 * 4 + 1]).isEqualTo(image.at(2, 1, 3));
  }

  @Test
  void pixelsOfAPictureAreSquares() {
    Geometry grid = Geometry.of(new Size(6, 5, 4), new Vec3(1, 1, 2.5));
    PlaneStack coronal = PlaneStack.of(ramp(grid), SlicePlane.CORONAL, WINDOW);
    assertThat(coronal.width()).isEqualTo(6);
    assertThat(coronal.height()).isEqualTo(10);
    // A ramp stays one; the centre of row k is k * 2.5 + 0.75 pixels down.
    assertThat(coronal.pictureY(0)).isCloseTo(0.75, within(1e-12));
    assertThat(coronal.pictureY(3)).isCloseTo(8.25, within(1e-12));
    assertThat(coronal.pictureX(3)).isEqualTo(3);
    float[] voxels = new float[6 * 4];
    for (int i = 0; i < voxels.length; i++) {
      voxels[i] = 10 * (i / 6) + i % 6;
    }
    float[] picture = coronal.toPicture(voxels);
    // Pixel row 3 has its centre 3.5 / 2.5 - 0.5 = 0.9 voxels down.
    assertThat(picture[3 * 6 + 2]).isCloseTo(11, within(1e-5f));
    float[] back = coronal.toVoxels(picture);
    for (int i = 6; i < 18; i++) {
      assertThat(back[i]).isCloseTo(voxels[i], within(1e-4f));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSliceIsPutBackWhereItWasCut(SlicePlane plane) {
    FloatVolume image = ramp(Geometry.of(new Size(3, 4, 5), new Vec3(1, 1, 1)));
    PlaneStack stack = PlaneStack.of(image, plane, new GreyWindow(0, 60));
    float[] out = new float[60];
    for (int k = 0; k < stack.axes().slices(); k++) {
      float[] grey = stack.grey(k);
      for (int i = 0; i < grey.length; i++) {
        grey[i] = grey[i] / 255 * 60;
      }
      stack.put(out, k, grey);
    }
    for (int n = 0; n < out.length; n++) {
      assertThat(out[n]).isCloseTo(n, within(1e-4f));
    }
  }

  @Test
  void aBlankSliceIsNoticed() {
    float[] data = new float[3 * 3 * 2];
    data[17] = 9;
    PlaneStack stack = PlaneStack.of(
        new FloatVolume(Geometry.of(new Size(3, 3, 2), new Vec3(1, 1, 1)), data), SlicePlane.AXIAL,
        WINDOW);
    assertThat(stack.isBlank(0)).isTrue();
    assertThat(stack.isBlank(1)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(floats = {0, -1024, 7})
  void anImageOfOneValueIsRefused(float value) {
    float[] data = new float[8];
    Arrays.fill(data, value);
    FloatVolume image = new FloatVolume(Geometry.of(new Size(2, 2, 2), new Vec3(1, 1, 1)), data);
    assertThatThrownBy(() -> PlaneStack.of(image, SlicePlane.AXIAL, WINDOW))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("shows nothing");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void intensitiesThatAreNoNumbersAreRefused(float value) {
    FloatVolume image = new FloatVolume(Geometry.of(new Size(2, 2, 1), new Vec3(1, 1, 1)),
        new float[]{0, 1, value, 3});
    assertThatThrownBy(() -> PlaneStack.of(image, SlicePlane.AXIAL, WINDOW))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("NaN or infinite");
  }
}
