package io.fiducia.resample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Expected values: closed forms of images that are linear in space, and the separable resampler. */
class GridSamplerTest {
  private static final Mat3 TURNED = new Mat3(new Vec3(0.6, 0.8, 0), new Vec3(-0.8, 0.6, 0),
      new Vec3(0, 0, 1));

  /** Rows that a gantry's tilt of 20 degrees leans against the slices. */
  private static final Mat3 SHEARED = new Mat3(new Vec3(1, 0, 0),
      new Vec3(0, Math.cos(Math.toRadians(20)), Math.sin(Math.toRadians(20))), new Vec3(0, 0, 1));

  private static FloatVolume ramp(Geometry g) {
    float[] data = new float[g.size().voxels()];
    for (int k = 0; k < g.size().z(); k++) {
      for (int j = 0; j < g.size().y(); j++) {
        for (int i = 0; i < g.size().x(); i++) {
          Vec3 p = g.toPhysical(i, j, k);
          data[g.size().index(i, j, k)] = (float) (2 * p.x() - p.y() + 0.5 * p.z());
        }
      }
    }
    return new FloatVolume(g, data);
  }

  static Stream<Arguments> grids() {
    return Stream.of(Arguments.of(Mat3.IDENTITY, TURNED), Arguments.of(SHEARED, TURNED),
        Arguments.of(TURNED, SHEARED));
  }

  @ParameterizedTest
  @MethodSource("grids")
  void linearAndCubicReproduceARampOnAnotherGrid(Mat3 from, Mat3 to) {
    Vec3 spacing = new Vec3(1, 1.2, 0.9);
    Vec3 middle = from.times(new Vec3(20, 24, 18));
    FloatVolume image = ramp(new Geometry(new Size(40, 40, 40), spacing, middle.times(-1), from));
    Geometry target = new Geometry(new Size(5, 6, 4), new Vec3(0.7, 1.1, 1.3),
        new Vec3(-1, -2, -2), to);
    float[] expected = ramp(target).data();
    assertThat(GridSampler.sample(image, target, 1, -1000).data()).containsExactly(expected,
        within(1e-4f));
    assertThat(GridSampler.sample(image, target, 3, -1000).data()).containsExactly(expected,
        within(1e-4f));
  }

  @Test
  void pointsOutsideTheFieldOfViewTakeTheOutsideValue() {
    Geometry from = Geometry.of(new Size(2, 1, 1), new Vec3(2, 2, 2));
    Geometry to = new Geometry(new Size(6, 1, 1), new Vec3(1, 1, 1), new Vec3(-1.5, 0, 0),
        Mat3.IDENTITY);
    FloatVolume image = new FloatVolume(from, new float[]{10, 20});
    for (int order : new int[]{0, 1, 3}) {
      float[] out = GridSampler.sample(image, to, order, -5).data();
      assertThat(out[0]).isEqualTo(-5);
      assertThat(out[1]).isCloseTo(10, within(0.6f));
      assertThat(out[4]).isCloseTo(20, within(0.6f));
      // 3.5 mm is beyond the last voxel's edge at 3 mm.
      assertThat(out[5]).isEqualTo(-5);
    }
    LabelVolume labels = new LabelVolume(from, new short[]{1, 2});
    assertThat(GridSampler.sampleLabels(labels, to, (short) 9).data()).containsExactly(9, 1, 1, 2,
        2, 9);
  }

  static Stream<Mat3> axes() {
    return Stream.of(TURNED, SHEARED);
  }

  @ParameterizedTest
  @MethodSource("axes")
  void resamplingKeepsTheFieldOfViewAndAgreesWithSamplingItsGrid(Mat3 axes) {
    Geometry from = new Geometry(new Size(9, 7, 5), new Vec3(1, 1.1, 1.2), new Vec3(3, -4, 5),
        axes);
    FloatVolume image = new FloatVolume(from, Patterns.image(new int[]{5, 7, 9}));
    Vec3 wanted = new Vec3(1.5, 0.8, 0.9);
    FloatVolume out = ImageResampler.resample(image, wanted, 3);
    Geometry to = out.geometry();
    assertThat(to.size()).isEqualTo(new Size(6, 10, 7));
    assertThat(to.spacingMm().x()).isCloseTo(9 * 1.0 / 6, within(1e-12));
    Vec3 edge = to.toPhysical(-0.5, -0.5, -0.5).minus(from.toPhysical(-0.5, -0.5, -0.5));
    Vec3 farEdge = to.toPhysical(5.5, 9.5, 6.5).minus(from.toPhysical(8.5, 6.5, 4.5));
    assertThat(edge.norm()).isLessThan(1e-12);
    assertThat(farEdge.norm()).isLessThan(1e-12);
    assertThat(GridSampler.sample(image, to, 3, -1000).data()).containsExactly(out.data(),
        within(1e-4f));
    LabelVolume labels = new LabelVolume(from, Patterns.labels(new int[]{5, 7, 9}));
    assertThat(ImageResampler.resample(labels, wanted, 1).geometry()).isEqualTo(to);
  }
}
