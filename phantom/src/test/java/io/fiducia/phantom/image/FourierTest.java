package io.fiducia.phantom.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.SeededRandom;
import org.junit.jupiter.api.Test;

class FourierTest {
  /** The definition, summed. */
  @Test
  void agreesWithTheSumThatDefinesIt() {
    int n = 32;
    SeededRandom random = SeededRandom.of(1, "fourier");
    float[] re = new float[n];
    float[] im = new float[n];
    for (int i = 0; i < n; i++) {
      re[i] = (float) random.nextGaussian();
      im[i] = (float) random.nextGaussian();
    }
    float[] r = re.clone();
    float[] m = im.clone();
    Fourier fourier = new Fourier(n);
    fourier.forward(r, m);
    for (int k = 0; k < n; k++) {
      double sumRe = 0;
      double sumIm = 0;
      for (int x = 0; x < n; x++) {
        double angle = -2 * Math.PI * k * x / n;
        sumRe += re[x] * Math.cos(angle) - im[x] * Math.sin(angle);
        sumIm += re[x] * Math.sin(angle) + im[x] * Math.cos(angle);
      }
      assertThat((double) r[k]).isCloseTo(sumRe, within(1e-4));
      assertThat((double) m[k]).isCloseTo(sumIm, within(1e-4));
    }
    fourier.inverse(r, m);
    for (int i = 0; i < n; i++) {
      assertThat(r[i]).isCloseTo(re[i], within(1e-5f));
      assertThat(m[i]).isCloseTo(im[i], within(1e-5f));
    }
  }

  @Test
  void onlyPowersOfTwo() {
    assertThat(Fourier.fitting(1)).isEqualTo(1);
    assertThat(Fourier.fitting(64)).isEqualTo(64);
    assertThat(Fourier.fitting(65)).isEqualTo(128);
    assertThatThrownBy(() -> new Fourier(12)).isInstanceOf(IllegalArgumentException.class);
  }
}
