package io.fiducia.morphology;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.SeededRandom;
import io.fiducia.geometry.Size;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Expected components: those of each label's mask, which {@link MorphologyTest} holds against scipy. */
class LabelComponentsTest {
  private static final Size SIZE = new Size(14, 11, 9);
  private static final int[] SHAPE = {9, 11, 14};

  /** Labels 0 to 6, so dense that runs of different labels touch everywhere. */
  private static short[] noise(int seed) {
    SeededRandom random = SeededRandom.of(seed, "label components");
    short[] data = new short[SIZE.voxels()];
    for (int i = 0; i < data.length; i++) {
      data[i] = (short) (random.nextDouble() * 7);
    }
    return data;
  }

  @ParameterizedTest
  @EnumSource
  void allLabelsAtOnceGiveTheComponentsOfEach(Connectivity connectivity) {
    for (int seed = 0; seed < 20; seed++) {
      short[] labels = noise(seed);
      LabelComponents all = LabelComponents.of(labels, SIZE, List.of(1, 3), connectivity);
      for (int label : new int[]{1, 3}) {
        Components own = Components.of(Masks.equalTo(labels, label), SHAPE, connectivity);
        long[] sizes = IntStream.rangeClosed(1, own.count()).mapToLong(own::size).toArray();
        long[] found = IntStream.rangeClosed(1, all.count()).filter(c -> all.label(c) == label)
            .mapToLong(all::size).toArray();
        assertThat(found).isEqualTo(sizes);
      }
      short[] before = labels.clone();
      long erased = all.erase(c -> all.label(c) == 3 && all.size(c) < 4);
      boolean[] kept = Components.of(Masks.equalTo(before, 3), SHAPE, connectivity).atLeast(4);
      short[] expected = before.clone();
      long counted = 0;
      for (int i = 0; i < labels.length; i++) {
        if (before[i] == 3 && !kept[i]) {
          expected[i] = 0;
          counted++;
        }
      }
      assertThat(labels).isEqualTo(expected);
      assertThat(erased).isEqualTo(counted).isPositive();
    }
  }

  @Test
  void numpysOrderRunsAlongZFirst() {
    short[] labels = new short[SIZE.voxels()];
    labels[SIZE.index(5, 0, 0)] = 1;
    labels[SIZE.index(4, 9, 0)] = 1;
    labels[SIZE.index(4, 8, 8)] = 1;
    LabelComponents c = LabelComponents.of(labels, SIZE, List.of(1), Connectivity.FACES);
    assertThat(c.count()).isEqualTo(3);
    assertThat(c.firstInNumpysOrder(n -> true)).isEqualTo(3);
    assertThat(c.firstInNumpysOrder(n -> n < 3)).isEqualTo(2);
    assertThat(c.firstInNumpysOrder(n -> false)).isZero();
    assertThat(LabelComponents.of(labels, SIZE, List.of(), Connectivity.FACES).count()).isZero();
  }
}
