package io.fiducia.phantom.image;

import static io.fiducia.phantom.image.TestBodies.cylinder;
import static io.fiducia.phantom.image.TestBodies.stats;
import static io.fiducia.phantom.image.TestBodies.where;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.phantom.Patient;
import io.fiducia.phantom.PelvisAnatomy;
import io.fiducia.phantom.Tissue;
import io.fiducia.phantom.TissueSource;
import io.fiducia.phantom.image.TestBodies.Stats;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import org.junit.jupiter.api.Test;

class CtScannerTest {
  private static final CtKernel SOFT = new CtKernel(1.5, 0);

  private static CtScanner plain(double photons, CtKernel kernel, double hardening) {
    return new CtScanner("test", ContrastAgent.none(), photons, kernel, hardening, 0, 1, true);
  }

  /** Published ranges of unenhanced CT numbers: docs/phantom-images.md. */
  @Test
  void tissuesHaveTheNumbersOfTheLiterature() {
    PelvisAnatomy body = PelvisAnatomy.of(Patient.draw(1, 1, Patient.Options.usual()));
    Geometry grid = new Geometry(new Size(110, 75, 26), new Vec3(4, 4, 6),
        new Vec3(-218, -140, -60), Mat3.IDENTITY);
    FloatVolume image = CtScanner.source().scan(body, grid, 3, 2);
    LabelVolume tissues = body.tissues(grid);
    assertMean(image, tissues, Tissue.FAT, -115, -85);
    assertMean(image, tissues, Tissue.MUSCLE, 40, 70);
    assertMean(image, tissues, Tissue.URINE, -10, 20);
    assertMean(image, tissues, Tissue.MARROW, 60, 350);
    assertMean(image, tissues, Tissue.UTERUS, 30, 70);
    assertMean(image, tissues, Tissue.AIR, -1010, -930);
  }

  private static void assertMean(FloatVolume image, LabelVolume tissues, Tissue tissue, double low,
      double high) {
    Stats s = stats(image, TestBodies.deepIn(tissues, tissue));
    assertThat(s.n()).as(tissue + ": voxels").isGreaterThan(10);
    assertThat(s.mean()).as(tissue + ": mean HU").isBetween(low, high);
  }

  /**
   * The variance at the centre of filtered back-projection: (pi d / V) sigma^2 times the integral of
   * the squared filter (Kak and Slaney, chapter 5.2), with sigma^2 = 1/N of a ray of N photons.
   */
  @Test
  void noiseIsWhatCountingStatisticsSay() {
    for (double radius : new double[]{110, 160}) {
      double photons = 4e5;
      Geometry grid = TestBodies.grid(360, 1, 1, 3);
      FloatVolume image = plain(photons, SOFT, 0).scan(cylinder(Tissue.URINE, radius), grid, 1, 2);
      Stats centre = stats(image, where(grid, p -> Math.hypot(p.x(), p.y()) < 16));

      double counted = photons * Spectrum.transmission(2 * radius, 0, 0);
      double integral = 0;
      for (double f = -0.5; f < 0.5; f += 1e-4) {
        double sigma = 1.5 / 2.3548;
        double ramp = Math.abs(f) * Math.exp(-2 * Math.pow(Math.PI * sigma * f, 2));
        integral += ramp * ramp * 1e-4;
      }
      int views = 270;
      double expected = 1000 / Spectrum.WATER_PER_MM * Math.PI
          * Math.sqrt(integral / (views * counted));
      // Linear interpolation between detectors takes a little of it away; urine's texture adds.
      assertThat(centre.sd()).as("radius " + radius).isCloseTo(expected, within(0.2 * expected));
    }
  }

  @Test
  void noiseRisesLikeARampAndFallsWithTheKernel() {
    double[] soft = spectrum(plain(3e5, SOFT, 0));
    double[] sharp = spectrum(plain(3e5, new CtKernel(0.9, 0.4), 0));
    // Bands of 1/64 cycles per mm: 0.02, 0.17, 0.47.
    assertThat(soft[1]).isLessThan(0.3 * soft[11]);
    assertThat(soft[30]).isLessThan(0.1 * soft[11]);
    assertThat(sharp[30] / sharp[11]).isGreaterThan(3 * soft[30] / soft[11]);
  }

  /** Power by frequency along the diagonal bands of the middle of a water cylinder. */
  private static double[] spectrum(CtScanner scanner) {
    Geometry grid = TestBodies.grid(300, 4, 1, 3);
    FloatVolume image = scanner.scan(cylinder(Tissue.URINE, 130), grid, 5, 2);
    double[] power = new double[46];
    int[] count = new int[power.length];
    for (int k = 0; k < 4; k++) {
      Slice2d slice = new Slice2d(new Fourier(64), new Fourier(64));
      double mean = 0;
      for (int v = 0; v < 4096; v++) {
        slice.re[v] = image.at(118 + v % 64, 118 + v / 64, k);
        mean += slice.re[v] / 4096;
      }
      for (int v = 0; v < 4096; v++) {
        slice.re[v] -= (float) mean;
      }
      slice.forward();
      for (int v = 1; v < 4096; v++) {
        int u = v % 64 <= 32 ? v % 64 : 64 - v % 64;
        int w = v / 64 <= 32 ? v / 64 : 64 - v / 64;
        int band = (int) Math.round(Math.hypot(u, w));
        power[band] += (double) slice.re[v] * slice.re[v] + (double) slice.im[v] * slice.im[v];
        count[band]++;
      }
    }
    for (int b = 1; b < power.length; b++) {
      power[b] /= Math.max(1, count[b]);
    }
    return power;
  }

  @Test
  void waterIsFlatBecauseItsHardeningIsCorrected() {
    Geometry grid = TestBodies.grid(180, 1, 2, 3);
    FloatVolume image = plain(1e9, SOFT, 1).scan(cylinder(Tissue.URINE, 150), grid, 1, 1);
    double centre = stats(image, where(grid, p -> Math.hypot(p.x(), p.y()) < 30)).mean();
    double rim = stats(image, where(grid, p -> {
      double r = Math.hypot(p.x(), p.y());
      return r > 110 && r < 140;
    })).mean();
    assertThat(centre).isCloseTo(rim, within(3.0));
  }

  @Test
  void bonesAndMetalDarkenWhatLiesBetweenThem() {
    Geometry grid = TestBodies.grid(180, 1, 2, 3);
    double bone = between(grid, Tissue.CORTICAL_BONE, 1);
    double metal = between(grid, Tissue.METAL, 1);
    assertThat(bone).isBetween(-80.0, -4.0);
    assertThat(metal).isLessThan(-80);
    assertThat(between(grid, Tissue.CORTICAL_BONE, 0)).isCloseTo(0, within(2.0));
  }

  /** How much darker it is between two rods than beside them. */
  private static double between(Geometry grid, Tissue rods, double hardening) {
    TissueSource body = TestBodies.of(p -> Math.hypot(Math.abs(p.x()) - 80, p.y()) < 13
        ? rods
        : Math.hypot(p.x(), p.y()) < 150 ? Tissue.URINE : Tissue.AIR);
    FloatVolume image = plain(1e9, SOFT, hardening).scan(body, grid, 1, 2);
    double on = stats(image, where(grid, p -> Math.abs(p.x()) < 30 && Math.abs(p.y()) < 5)).mean();
    double off = stats(image, where(grid, p -> Math.abs(p.x()) < 30 && p.y() > 70 && p.y() < 100))
        .mean();
    return on - off;
  }

  @Test
  void metalSaturatesAndStreaksAreNoisy() {
    Geometry grid = TestBodies.grid(180, 1, 2, 3);
    TissueSource body = TestBodies.of(p -> Math.hypot(Math.abs(p.x()) - 80, p.y()) < 13
        ? Tissue.METAL
        : Math.hypot(p.x(), p.y()) < 150 ? Tissue.URINE : Tissue.AIR);
    FloatVolume image = CtScanner.source().scan(body, grid, 1, 2);
    assertThat(stats(image, where(grid, p -> Math.hypot(p.x() - 80, p.y()) < 6)).mean())
        .isEqualTo(3071);
    double on = stats(image, where(grid, p -> Math.abs(p.x()) < 25 && Math.abs(p.y()) < 30)).sd();
    FloatVolume without = CtScanner.source().scan(cylinder(Tissue.URINE, 150), grid, 1, 2);
    double off = stats(without, where(grid, p -> Math.abs(p.x()) < 25 && Math.abs(p.y()) < 30))
        .sd();
    assertThat(on).isGreaterThan(3 * off);
  }

  @Test
  void contrastAgentLightsTheVesselsAndNotTheBladder() {
    Geometry grid = TestBodies.grid(60, 1, 3, 3);
    for (Tissue tissue : new Tissue[]{Tissue.ARTERY, Tissue.URINE}) {
      TissueSource body = cylinder(tissue, 70);
      double before = mean(plain(1e9, SOFT, 0), body, grid);
      double after = mean(given(ContrastAgent.venous()), body, grid);
      if (tissue == Tissue.ARTERY) {
        assertThat(after - before).isBetween(50.0, 160.0);
      } else {
        assertThat(after).isCloseTo(before, within(1.0));
      }
    }
  }

  private static CtScanner given(ContrastAgent agent) {
    return new CtScanner("test", agent, 1e9, SOFT, 0, 0, 1, true);
  }

  /** Excreted agent is heavier than urine: it lies behind, with the patient on her back. */
  @Test
  void excretedAgentLiesInTheBackOfTheBladder() {
    Geometry grid = TestBodies.grid(60, 1, 2, 3);
    TissueSource body = cylinder(Tissue.URINE, 30);
    FloatVolume image = given(ContrastAgent.lateWithOral()).scan(body, grid, 2, 1);
    double front = stats(image, where(grid, p -> Math.abs(p.x()) < 8 && Math.abs(p.y() + 22) < 4))
        .mean();
    double back = stats(image, where(grid, p -> Math.abs(p.x()) < 8 && Math.abs(p.y() - 22) < 4))
        .mean();
    assertThat(front).isLessThan(40);
    assertThat(back).isBetween(150.0, 500.0);
  }

  private static double mean(CtScanner scanner, TissueSource body, Geometry grid) {
    FloatVolume image = scanner.scan(body, grid, 9, 1);
    return stats(image, where(grid, p -> Math.hypot(p.x(), p.y()) < 40)).mean();
  }

  @Test
  void theBodyLiesOnItsCouch() {
    Geometry grid = TestBodies.grid(120, 1, 4, 3);
    TissueSource body = cylinder(Tissue.URINE, 100);
    FloatVolume flat = plain(1e9, SOFT, 0).scan(body, grid, 1, 1);
    FloatVolume curved = new CtScanner("t", ContrastAgent.none(), 1e9, SOFT, 0, 0, 1, false).scan(
        body, grid, 1,
        1);
    double flatSide = stats(flat, where(grid, p -> Math.abs(p.x()) > 130 && Math.abs(p.x()) < 190
        && p.y() > 104 && p.y() < 150)).mean();
    double curvedSide = stats(curved, where(grid, p -> Math.abs(p.x()) > 130
        && Math.abs(p.x()) < 190 && p.y() > 70 && p.y() < 104)).mean();
    double aboveFlat = stats(flat, where(grid, p -> Math.abs(p.x()) > 130
        && Math.abs(p.x()) < 190 && p.y() > 40 && p.y() < 90)).mean();
    assertThat(flatSide).isBetween(-960.0, -800.0);
    assertThat(curvedSide).isBetween(-990.0, -800.0);
    assertThat(aboveFlat).isLessThan(-990);
  }

  @Test
  void threadsDoNotMatterAndSeedsDo() {
    PelvisAnatomy body = PelvisAnatomy.of(Patient.draw(2, 4, Patient.Options.usual()));
    Geometry grid = TestBodies.grid(48, 6, 9, 12);
    float[] one = CtScanner.target().scan(body, grid, 7, 1).data();
    assertThat(CtScanner.target().scan(body, grid, 7, 3).data()).containsExactly(one);
    FloatVolume other = CtScanner.target().scan(body, grid, 8, 3);
    assertThat(other.data()).isNotEqualTo(one);
    for (float hu : one) {
      assertThat(hu).isBetween(-1024f, 3071f).isEqualTo((float) Math.rint(hu));
    }
  }

  @Test
  void neighbouringSlicesAndSeedsHaveTheirOwnNoise() {
    Geometry grid = TestBodies.grid(64, 2, 4, 5);
    TissueSource body = cylinder(Tissue.URINE, 110);
    float[] a = plain(2e5, SOFT, 0).scan(body, grid, 1, 2).data();
    float[] b = plain(2e5, SOFT, 0).scan(body, grid, 2, 2).data();
    assertThat(correlation(grid, a, 0, a, 1)).isCloseTo(0, within(0.12));
    assertThat(correlation(grid, a, 0, b, 0)).isCloseTo(0, within(0.12));
  }

  private static double correlation(Geometry grid, float[] a, int ka, float[] b, int kb) {
    double sa = 0;
    double sb = 0;
    double aa = 0;
    double bb = 0;
    double ab = 0;
    int n = 0;
    for (int j = 20; j < 44; j++) {
      for (int i = 20; i < 44; i++) {
        double u = a[grid.size().index(i, j, ka)];
        double v = b[grid.size().index(i, j, kb)];
        sa += u;
        sb += v;
        aa += u * u;
        bb += v * v;
        ab += u * v;
        n++;
      }
    }
    return (ab - sa * sb / n) / Math.sqrt((aa - sa * sa / n) * (bb - sb * sb / n));
  }

  @Test
  void anEmptyGridIsAirAndImpossibleSettingsAreRefused() {
    Geometry grid = TestBodies.grid(16, 2, 4, 4);
    FloatVolume image = plain(1e9, SOFT, 1).scan(TestBodies.of(p -> Tissue.AIR), grid, 1, 1);
    assertThat(image.data()).containsOnly(-1000f);
    assertThatThrownBy(() -> plain(0, SOFT, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new CtKernel(Double.NaN, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CtScanner.source().scan(TestBodies.of(p -> Tissue.AIR), grid, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
