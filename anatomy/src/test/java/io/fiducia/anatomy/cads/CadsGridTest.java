package io.fiducia.anatomy.cads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Closed forms, and numbers of scipy.ndimage.zoom (order 3) where the test says so. */
class CadsGridTest {
  private static final Mat3 RAS = new Mat3(new Vec3(-1, 0, 0), new Vec3(0, -1, 0),
      new Vec3(0, 0, 1));
  private static final Vec3 ORIGIN = new Vec3(0, 0, 0);

  private static CadsScan scan(Geometry grid, float[] data) {
    return new CadsScan("case", new FloatVolume(grid, data), grid.spacingMm());
  }

  private static Geometry ras(Size size, double spacing, Vec3 origin) {
    return new Geometry(size, new Vec3(spacing, spacing, spacing), origin, RAS);
  }

  private static float[] ramp(Size size) {
    float[] data = new float[size.voxels()];
    for (int i = 0; i < data.length; i++) {
      data[i] = i;
    }
    return data;
  }

  @Test
  void aLineIsZoomedByCubicSplinesAndTruncated() {
    // scipy.ndimage.zoom(order=3).astype(int32) of 0 10 20 40 80 160 to nine samples.
    float[] line = {0, 10, 20, 40, 80, 160};
    float[] all = new float[6 * 2 * 2];
    for (int i = 0; i < all.length; i++) {
      all[i] = line[i % 6];
    }
    Geometry grid = new Geometry(new Size(6, 2, 2), new Vec3(2.25, 1.5, 1.5), ORIGIN, RAS);
    CadsGrid prepared = CadsGrid.of(scan(grid, all), Progress.none());
    assertThat(prepared.image().geometry().size()).isEqualTo(new Size(9, 2, 2));
    for (int j = 0; j < 2; j++) {
      float[] found = new float[9];
      System.arraycopy(prepared.image().data(), 9 * j, found, 0, 9);
      assertThat(found).containsExactly(0, 5, 12, 18, 29, 42, 62, 117, 160);
    }
  }

  @Test
  void sizesAreRoundedHalfToEven() {
    // 5 x 0.75 / 1.5 = 2.5 and 7 x 0.5 = 3.5 and 9 x 0.5 = 4.5.
    Geometry grid = ras(new Size(5, 7, 9), 0.75, ORIGIN);
    assertThat(CadsGrid.of(scan(grid, ramp(grid.size())), Progress.none()).image().geometry())
        .isEqualTo(ras(new Size(2, 4, 4), 1.5, ORIGIN));
  }

  @Test
  void valuesAreTruncatedTowardsZeroAndTheSourceStays() {
    Geometry grid = ras(new Size(2, 2, 2), 1.5, new Vec3(1, 2, 3));
    float[] data = {-1.9f, -0.5f, 0.5f, 1.9f, 100.99f, -1000.5f, 7, -7};
    float[] before = data.clone();
    CadsGrid prepared = CadsGrid.of(scan(grid, data), Progress.none());
    assertThat(prepared.image().data()).containsExactly(-1, 0, 0, 1, 100, -1000, 7, -7);
    assertThat(prepared.image().geometry()).isEqualTo(ras(new Size(2, 2, 2), 1.5, ORIGIN));
    assertThat(data).isEqualTo(before);
  }

  @Test
  void aScanOnTheGridIsNotTouched() {
    Geometry grid = ras(new Size(3, 3, 3), 1.5, ORIGIN);
    FloatVolume image = new FloatVolume(grid, ramp(grid.size()));
    image.data()[0] = 0.5f;
    CadsGrid prepared = CadsGrid.of(new CadsScan("case", image, grid.spacingMm()),
        Progress.none());
    assertThat(prepared.image()).isSameAs(image);
    LabelVolume labels = new LabelVolume(grid, new short[27]);
    assertThat(prepared.toSource(labels)).isSameAs(labels);
    assertThat(CadsGrid.isPrepared(ras(new Size(3, 3, 3), 1.50001, ORIGIN))).isTrue();
    assertThat(CadsGrid.isPrepared(ras(new Size(3, 3, 3), 1.5001, ORIGIN))).isFalse();
    assertThat(CadsGrid.isPrepared(ras(new Size(3, 3, 3), 1.5, new Vec3(0, 0, 1)))).isFalse();
    assertThat(CadsGrid.isPrepared(Geometry.of(new Size(3, 3, 3), new Vec3(1.5, 1.5, 1.5))))
        .isFalse();
  }

  @Test
  void labelsComeBackByNearestVoxelsAndInTheScansOrder() {
    // Index axes run to superior, posterior, left; labels depend on the first one only.
    Mat3 spl = new Mat3(new Vec3(0, 0, 1), new Vec3(0, 1, 0), new Vec3(1, 0, 0));
    Geometry grid = new Geometry(new Size(7, 3, 2), new Vec3(3, 1.5, 1.5), new Vec3(9, 9, 9),
        spl);
    CadsGrid prepared = CadsGrid.of(scan(grid, ramp(grid.size())), Progress.none());
    Size model = prepared.image().geometry().size();
    assertThat(model).isEqualTo(new Size(2, 3, 14));
    short[] slices = new short[model.voxels()];
    for (int i = 0; i < slices.length; i++) {
      slices[i] = (short) (i / 6);
    }
    LabelVolume back = prepared.toSource(
        new LabelVolume(prepared.image().geometry(), slices));
    assertThat(back.geometry()).isEqualTo(grid);
    for (int i = 0; i < 7; i++) {
      // Sample i of 7 lies at 13 i / 6 of the 14 slices.
      assertThat(back.at(i, 1, 1)).isEqualTo((short) Math.floor(i * 13 / 6.0 + 0.5));
    }
  }

  @Test
  void obliqueScansAreTakenAsStraightWithAWarning() {
    double t = Math.toRadians(10);
    Mat3 turned = new Mat3(new Vec3(-Math.cos(t), -Math.sin(t), 0),
        new Vec3(Math.sin(t), -Math.cos(t), 0), new Vec3(0, 0, 1));
    Geometry grid = new Geometry(new Size(4, 4, 4), new Vec3(3, 3, 3), ORIGIN, turned);
    List<String> warnings = new ArrayList<>();
    CadsGrid prepared = CadsGrid.of(scan(grid, ramp(grid.size())), e -> {
      if (e instanceof ProgressEvent.Warning w) {
        warnings.add(w.text());
      }
    });
    assertThat(warnings).singleElement().asString().contains("oblique");
    assertThat(prepared.image().geometry()).isEqualTo(ras(new Size(8, 8, 8), 1.5, ORIGIN));
    assertThat(prepared.image().data()[0]).isCloseTo(0, within(1e-6f));
  }

  @Test
  void anImageOfWhichNothingWouldBeLeftIsRefused() {
    Geometry grid = ras(new Size(2, 2, 2), 0.1, ORIGIN);
    assertThatThrownBy(() -> CadsGrid.of(scan(grid, ramp(grid.size())), Progress.none()))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.what()).contains("too small");
        });
  }
}
