package io.fiducia.phantom.image;

import static io.fiducia.phantom.image.TestBodies.cylinder;
import static io.fiducia.phantom.image.TestBodies.stats;
import static io.fiducia.phantom.image.TestBodies.where;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.geometry.Geometry;
import io.fiducia.phantom.Patient;
import io.fiducia.phantom.PelvisAnatomy;
import io.fiducia.phantom.Tissue;
import io.fiducia.phantom.TissueSource;
import io.fiducia.phantom.image.TestBodies.Stats;
import io.fiducia.volume.FloatVolume;
import org.junit.jupiter.api.Test;

class MrScannerTest {
  private static final MrSequence SEQUENCE = new MrSequence(3, 96, 5000, 1, 1, 0);
  private static final MrCoil EVEN = new MrCoil(60, 0, 0, 0);

  private static MrScanner with(MrCoil coil, double motionMm) {
    return new MrScanner("test", SEQUENCE, coil, motionMm, 0, 10_000);
  }

  /** Magnitude of two Gaussian channels: mean over standard deviation is sqrt(pi / (4 - pi)). */
  @Test
  void airIsRayleighDistributed() {
    Geometry grid = TestBodies.grid(128, 4, 2, 4);
    FloatVolume image = with(new MrCoil(60, 0, 0, 0.02), 0)
        .scan(TestBodies.of(p -> Tissue.AIR), grid, 1, 2);
    Stats air = stats(image, v -> true);
    assertThat(air.mean() / air.sd()).isCloseTo(Math.sqrt(Math.PI / (4 - Math.PI)), within(0.03));
    assertThat(air.mean()).isCloseTo(200 * Math.sqrt(Math.PI / 2), within(3.0));
  }

  /** Rice: the mean square is the signal's square plus twice the channels' variance. */
  @Test
  void tissueIsRicianDistributed() {
    Geometry grid = TestBodies.grid(128, 4, 2, 4);
    TissueSource body = cylinder(Tissue.URINE, 100);
    FloatVolume clean = with(EVEN, 0).scan(body, grid, 1, 2);
    FloatVolume noisy = with(new MrCoil(60, 0, 0, 0.3), 0).scan(body, grid, 1, 2);
    double sum = 0;
    int n = 0;
    for (int v = 0; v < clean.data().length; v++) {
      if (clean.data()[v] > 5000) {
        sum += (double) noisy.data()[v] * noisy.data()[v]
            - (double) clean.data()[v] * clean.data()[v];
        n++;
      }
    }
    assertThat(n).isGreaterThan(20_000);
    assertThat(sum / n).isCloseTo(2 * 3000.0 * 3000.0, within(0.04 * 2 * 3000 * 3000));
  }

  @Test
  void theFieldIsSmoothAndFallsWithDepth() {
    MrCoil.Field field = new MrCoil(45, 2, 0.2, 0).field(3, -110, 110);
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (double x = -180; x <= 180; x += 4) {
      for (double y = -110; y <= 110; y += 4) {
        double here = field.at(x, y, 0);
        least = Math.min(least, here);
        most = Math.max(most, here);
        assertThat(field.at(x + 4, y, 0) / here).isBetween(0.95, 1.05);
        assertThat(field.at(x, y + 4, 0) / here).isBetween(0.88, 1.12);
      }
    }
    assertThat(most / least).isGreaterThan(1.8);
    assertThat(new MrCoil(45, 2, 0, 0).field(3, -110, 110).at(0, -110, 0)).isGreaterThan(
        1.7 * new MrCoil(45, 2, 0, 0).field(3, -110, 110).at(0, 0, 0));
  }

  /** A slice of which 40 % is urine has 40 % of its signal. */
  @Test
  void thickSlicesMixWhatTheyHold() {
    Geometry grid = TestBodies.grid(64, 3, 3, 6);
    TissueSource body = TestBodies.of(p -> Math.hypot(p.x(), p.y()) < 60 && p.z() < -0.6
        ? Tissue.URINE
        : Tissue.AIR);
    FloatVolume image = with(EVEN, 0).scan(body, grid, 1, 1);
    double full = stats(image,
        where(grid, p -> Math.hypot(p.x(), p.y()) < 40 && p.z() < -3)).mean();
    double part = stats(image,
        where(grid, p -> Math.hypot(p.x(), p.y()) < 40 && Math.abs(p.z()) < 1)).mean();
    assertThat(part / full).isCloseTo(0.4, within(0.11));
  }

  @Test
  void breathingGhostsAlongThePhaseDirectionOnly() {
    Geometry grid = TestBodies.grid(128, 1, 3, 5);
    TissueSource body = cylinder(Tissue.FAT, 100);
    FloatVolume still = with(EVEN, 0).scan(body, grid, 1, 1);
    FloatVolume moving = with(EVEN, 4).scan(body, grid, 1, 1);
    double behind = stats(moving, where(grid, p -> Math.abs(p.x()) < 60 && p.y() > 130)).mean();
    double beside = stats(moving, where(grid, p -> Math.abs(p.x()) > 130)).mean();
    double before = stats(still, where(grid, p -> Math.abs(p.x()) < 60 && p.y() > 130)).mean();
    assertThat(behind).isGreaterThan(4 * beside).isGreaterThan(4 * before);
  }

  @Test
  void fatIsDisplacedByTheChemicalShift() {
    Geometry grid = TestBodies.grid(64, 1, 2, 5);
    TissueSource body = cylinder(Tissue.FAT, 40);
    MrScanner shifted = new MrScanner("t", new MrSequence(3, 96, 5000, 2, 1, 6), EVEN, 0, 0, 1000);
    MrScanner straight = new MrScanner("t", new MrSequence(3, 96, 5000, 2, 1, 0), EVEN, 0, 0, 1000);
    assertThat(centre(shifted.scan(body, grid, 1, 1)) - centre(straight.scan(body, grid, 1, 1)))
        .isCloseTo(6, within(0.2));
  }

  private static double centre(FloatVolume image) {
    double sum = 0;
    double moment = 0;
    for (int v = 0; v < image.data().length; v++) {
      int i = v % image.geometry().size().x();
      int j = v / image.geometry().size().x();
      sum += image.data()[v];
      moment += image.data()[v] * image.geometry().toPhysical(i, j, 0).x();
    }
    return moment / sum;
  }

  @Test
  void metalLeavesAVoid() {
    Geometry grid = TestBodies.grid(96, 1, 2, 5);
    TissueSource body = TestBodies.of(p -> Math.hypot(p.x(), p.y()) < 14
        ? Tissue.METAL
        : Math.hypot(p.x(), p.y()) < 80 ? Tissue.MUSCLE : Tissue.AIR);
    FloatVolume image = with(EVEN, 0).scan(body, grid, 1, 1);
    double far = stats(image, where(grid, p -> {
      double r = Math.hypot(p.x(), p.y());
      return r > 50 && r < 70;
    })).mean();
    double near = stats(image, where(grid, p -> {
      double r = Math.hypot(p.x(), p.y());
      return r > 15 && r < 18;
    })).mean();
    assertThat(near).isLessThan(0.15 * far);
  }

  /** What every atlas of T2-weighted pelvic MR shows, bright to dark. */
  @Test
  void tissuesAreBrightInTheOrderOfTheAtlas() {
    for (MrScanner scanner : new MrScanner[]{MrScanner.source(), MrScanner.target()}) {
      MrTissues signals = MrTissues.of(4, scanner.sequence());
      Tissue[] order = {Tissue.URINE, Tissue.FAT, Tissue.UTERUS, Tissue.MUSCLE, Tissue.LIGAMENT,
        Tissue.CORTICAL_BONE};
      for (int i = 1; i < order.length; i++) {
        assertThat(signals.signal(order[i].code())).as(scanner.name() + ": " + order[i])
            .isLessThan(signals.signal(order[i - 1].code()));
      }
      assertThat(signals.signal(Tissue.TUMOUR.code())).as(scanner.name() + ": tumour")
          .isGreaterThan(signals.signal(Tissue.CERVIX.code()));
      assertThat(signals.signal(Tissue.GAS.code())).isZero();
    }
  }

  @Test
  void threadsDoNotMatterAndSeedsDo() {
    PelvisAnatomy body = PelvisAnatomy.of(Patient.draw(2, 4, Patient.Options.usual()));
    Geometry grid = TestBodies.grid(48, 6, 9, 12);
    float[] one = MrScanner.target().scan(body, grid, 7, 1).data();
    assertThat(MrScanner.target().scan(body, grid, 7, 3).data()).containsExactly(one);
    assertThat(MrScanner.target().scan(body, grid, 8, 3).data()).isNotEqualTo(one);
    for (float value : one) {
      assertThat(value).isGreaterThanOrEqualTo(0).isEqualTo((float) Math.rint(value));
    }
  }

  @Test
  void impossibleSettingsAreRefused() {
    assertThatThrownBy(() -> new MrCoil(0, 0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new MrSequence(3, 96, 5000, 1, 1.5, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new MrScanner("t", SEQUENCE, EVEN, -1, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
