package io.fiducia.learn.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.SeededRandom;
import org.junit.jupiter.api.Test;

class LabelMapTest {
  @Test
  void intensitiesFollowTheLabels() {
    SeededRandom random = SeededRandom.of(1, "test");
    LabelMap map = LabelMap.draw(random);
    double[] mean = new double[map.count()];
    for (int k = 0; k < mean.length; k++) {
      mean[k] = k / 10.0;
    }
    float[] image = map.render(random,
        new LabelMap.Look(mean, new double[mean.length], 0));
    for (int i = 0; i < image.length; i++) {
      assertThat(image[i]).isEqualTo((float) (map.labels()[i] / 10.0));
    }
  }

  @Test
  void theStructureIsPartOfOneLabel() {
    for (int i = 0; i < 20; i++) {
      SeededRandom random = SeededRandom.of(i, "test");
      LabelMap map = LabelMap.draw(random);
      float[] structure = map.structure(random);
      int label = -1;
      for (int p = 0; p < structure.length; p++) {
        if (structure[p] > 0) {
          label = label < 0 ? map.labels()[p] : label;
          assertThat((int) map.labels()[p]).isEqualTo(label);
        }
      }
      assertThat(label).isNotNegative();
    }
  }

  @Test
  void superpixelsDoNotCrossAStrongEdge() {
    int side = 64;
    float[] image = new float[side * side];
    for (int i = 0; i < image.length; i++) {
      image[i] = i % side < 27 ? 0 : 1;
    }
    int[] owner = Superpixels.of(image, side, 12);
    double[][] counts = new double[owner.length][2];
    for (int i = 0; i < image.length; i++) {
      counts[owner[i]][(int) image[i]]++;
    }
    int largest = 0;
    int mixed = 0;
    for (double[] c : counts) {
      largest = Math.max(largest, (int) (c[0] + c[1]));
      mixed += (int) Math.min(c[0], c[1]);
    }
    assertThat(mixed).isZero();
    // About 12 pixels wide: none covers a large part of the image.
    assertThat(largest).isBetween(50, 400);
  }
}
