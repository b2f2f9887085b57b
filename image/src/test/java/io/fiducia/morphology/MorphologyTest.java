package io.fiducia.morphology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.SeededRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Expected numbers: scipy.ndimage 1.17.1 (label, binary_fill_holes, binary_dilation, binary_erosion,
 * distance_transform_edt; ball from scikit-image 0.26.0) on thresholds of (37 i i + 11 i) mod 101.
 */
class MorphologyTest {
  private static final int[] SHAPE = {5, 7, 9};
  private static final int[] CUBE = {9, 9, 9};

  private static boolean[] above(int threshold, int[] shape) {
    boolean[] mask = new boolean[shape[0] * shape[1] * shape[2]];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = ((long) i * i * 37 + i * 11L) % 101 > threshold;
    }
    return mask;
  }

  private static boolean[] not(boolean[] mask) {
    boolean[] out = new boolean[mask.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = !mask[i];
    }
    return out;
  }

  private static long checksum(boolean[] mask) {
    long sum = 0;
    for (int i = 0; i < mask.length; i++) {
      sum += mask[i] ? i % 1009 + 1 : 0;
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({"FACES,34,277763,3,1", "EDGES,2,13269,81,1", "CORNERS,2,13269,81,1"})
  void componentsAgreeWithScipy(Connectivity c, int count, long checksum, long first, long second) {
    Components components = Components.of(above(70, SHAPE), SHAPE, c);
    int[] labels = components.labels();
    long sum = 0;
    for (int i = 0; i < labels.length; i++) {
      sum += (long) labels[i] * (i % 1009 + 1);
    }
    assertThat(components.count()).isEqualTo(count);
    assertThat(sum).isEqualTo(checksum);
    assertThat(components.size(0)).isEqualTo(233);
    assertThat(components.size(1)).isEqualTo(first);
    assertThat(components.size(2)).isEqualTo(second);
  }

  @Test
  void largestKeepsAllThatShareTheLargestSize() {
    boolean[] mask = {true, true, false, true, true, false, true};
    Components c = Components.of(mask, new int[]{1, 1, 7}, Connectivity.FACES);
    assertThat(c.largest()).containsExactly(true, true, false, true, true, false, false);
    assertThat(c.atLeast(1)).containsExactly(mask);
    assertThat(Components.of(new boolean[7], new int[]{1, 1, 7}, Connectivity.FACES).largest())
        .containsOnly(false);
  }

  @Test
  void holesAgreeWithScipy() {
    boolean[] filled = FillHoles.fill(above(20, CUBE), CUBE);
    assertThat(checksum(filled)).isEqualTo(231682);
    // A ring in one slice: no cavity in three dimensions, a hole in two.
    boolean[] ring = {true, true, true, true, false, true, true, true, true};
    assertThat(FillHoles.fill(ring, new int[]{1, 3, 3})).containsExactly(ring);
    assertThat(FillHoles.fillSlices(ring, new int[]{1, 3, 3})).containsOnly(true);
  }

  @ParameterizedTest
  @CsvSource({"FACES,111496,105277", "EDGES,216844,72890", "CORNERS,240827,60531"})
  void dilationAndErosionAgreeWithScipy(Connectivity c, long dilatedTwice, long eroded) {
    boolean[] mask = above(97, CUBE);
    assertThat(checksum(Morphology.dilate(mask, CUBE, c, 2))).isEqualTo(dilatedTwice);
    assertThat(checksum(Morphology.erode(not(mask), CUBE, c, 1))).isEqualTo(eroded);
  }

  /** scipy.ndimage.binary_dilation(iterations=3 and 4). */
  @ParameterizedTest
  @CsvSource({"3,183760", "4,234586"})
  void severalDilationsAtOnceAgreeWithScipy(int iterations, long dilated) {
    boolean[] mask = above(97, CUBE);
    assertThat(checksum(Morphology.dilate(mask, CUBE, Connectivity.FACES, iterations)))
        .isEqualTo(dilated);
  }

  /** scipy.ndimage.binary_fill_holes of each slice across y and x. */
  @ParameterizedTest
  @CsvSource({"0,43542", "1,43606", "2,40880"})
  void holesOfSlicesAcrossAnyAxisAgreeWithScipy(int axis, long filled) {
    assertThat(checksum(FillHoles.fillSlices(above(25, SHAPE), SHAPE, axis))).isEqualTo(filled);
  }

  @Test
  void ballsAgreeWithSkimagesBall() {
    boolean[] mask = above(97, CUBE);
    assertThat(checksum(Morphology.dilateBall(mask, CUBE, 2))).isEqualTo(131936);
    assertThat(checksum(Morphology.erodeBall(not(mask), CUBE, 2))).isEqualTo(15595);
  }

  @Test
  void distancesAgreeWithScipy() {
    double[] spacing = {3, 0.7, 0.9};
    double[] d = DistanceTransform.toBackground(above(45, SHAPE), SHAPE, spacing);
    assertThat(Arrays.stream(d).sum()).isCloseTo(129.9017542509914, within(1e-10));
    assertThat(d[0]).isZero();
    assertThat(d[(2 * 7 + 3) * 9 + 4]).isCloseTo(0.7, within(1e-15));
    assertThat(d[(4 * 7 + 6) * 9 + 8]).isCloseTo(1.4, within(1e-15));
    double[] squared = DistanceTransform.squaredTo(above(45, SHAPE), false, SHAPE,
        new double[]{1, 1, 1});
    assertThat(Arrays.stream(squared).sum()).isEqualTo(172);
  }

  @Test
  void distancesAgreeWithBruteForce() {
    SeededRandom random = SeededRandom.of(7, "distance test");
    int[] shape = {6, 8, 11};
    double[] spacing = {2.5, 0.9, 1.3};
    for (double share : new double[]{0.005, 0.03, 0.3, 0.9}) {
      boolean[] mask = new boolean[6 * 8 * 11];
      for (int i = 0; i < mask.length; i++) {
        mask[i] = random.nextDouble() < share;
      }
      double[] fast = DistanceTransform.squaredTo(mask, true, shape, spacing);
      for (int p = 0; p < mask.length; p++) {
        double best = Double.POSITIVE_INFINITY;
        for (int q = 0; q < mask.length; q++) {
          if (mask[q]) {
            double dz = (p / 88 - q / 88) * spacing[0];
            double dy = (p / 11 % 8 - q / 11 % 8) * spacing[1];
            double dx = (p % 11 - q % 11) * spacing[2];
            best = Math.min(best, dz * dz + dy * dy + dx * dx);
          }
        }
        if (Double.isInfinite(best)) {
          assertThat(fast[p]).isInfinite();
        } else {
          assertThat(fast[p]).isCloseTo(best, within(1e-9));
        }
      }
    }
  }

  @Test
  void distancesWithoutASiteAreInfinite() {
    boolean[] all = new boolean[60];
    Arrays.fill(all, true);
    int[] shape = {3, 4, 5};
    double[] spacing = {1, 1, 1};
    assertThat(DistanceTransform.toBackground(all, shape, spacing))
        .containsOnly(Double.POSITIVE_INFINITY);
    assertThat(DistanceTransform.toBackground(new boolean[60], shape, spacing)).containsOnly(0.0);
    assertThat(DistanceTransform.toMask(new boolean[60], shape, spacing))
        .containsOnly(Double.POSITIVE_INFINITY);
  }
}
