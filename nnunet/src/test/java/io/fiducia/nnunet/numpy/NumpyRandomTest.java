package io.fiducia.nnunet.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Expected numbers come from numpy 2.4.6's RandomState. */
class NumpyRandomTest {
  @Test
  void randintEqualsNumpy() {
    NumpyRandom random = new NumpyRandom(1234);
    assertThat(IntStream.range(0, 10).mapToLong(i -> random.randint(0, 1000)))
        .containsExactly(815L, 723L, 294L, 53L, 204L, 372L, 664L, 655L, 689L, 279L);
  }

  @Test
  void choiceEqualsNumpy() {
    assertThat(new NumpyRandom(1234).choiceWithoutReplacement(100, 10))
        .containsExactly(40, 35, 81, 61, 98, 68, 85, 27, 39, 42);
    assertThat(new NumpyRandom(1234).choiceWithReplacement(1000, 10))
        .containsExactly(815, 723, 294, 53, 204, 372, 664, 655, 689, 279);
  }

  @Test
  void aMixtureOfDrawsKeepsInStepWithNumpy() {
    NumpyRandom random = new NumpyRandom(7);
    assertThat(random.randint(0, 5)).isEqualTo(4);
    assertThat(random.randomSample()).isEqualTo(0.7799187922401146);
    assertThat(random.uniform(-2, 3)).isEqualTo(0.1920461572044676);
    assertThat(IntStream.range(0, 3).mapToLong(i -> random.randint(0, 1L << 31)))
        .containsExactly(959775639L, 1956722279L, 2052949340L);
    assertThat(random.permutation(9)).containsExactly(6, 3, 4, 8, 5, 2, 1, 0, 7);
    assertThat(random.choiceWithoutReplacement(100, 4)).containsExactly(79, 89, 71, 22);
    assertThat(random.choiceWithReplacement(100, 4)).containsExactly(54, 38, 70, 21);
    assertThat(random.randint(3, 4)).isEqualTo(3);
    assertThat(IntStream.range(0, 4).mapToLong(i -> random.randint(-5, 5)))
        .containsExactly(2L, -4L, 0L, -1L);
    assertThat(random.randomSample()).isEqualTo(0.16550140046578743);
  }

  @Test
  void theLargestSeedAndAnArrayBeyondOneRefillEqualNumpy() {
    NumpyRandom random = new NumpyRandom(0xFFFFFFFFL);
    assertThat(IntStream.range(0, 5).mapToLong(i -> random.randint(0, 100)))
        .containsExactly(35L, 34L, 12L, 71L, 52L);
    int[] permutation = new NumpyRandom(12345).permutation(700);
    assertThat(IntStream.range(0, 700).map(i -> i * permutation[i]).sum()).isEqualTo(83985500);
  }

  @Test
  void shuffleEqualsNumpyForArraysAndLists() {
    List<Integer> expected = List.of(5, 4, 1, 2, 11, 6, 7, 0, 3, 9, 8, 10);
    int[] array = IntStream.range(0, 12).toArray();
    new NumpyRandom(3).shuffle(array);
    assertThat(array).containsExactly(expected.stream().mapToInt(i -> i).toArray());
    List<Integer> list = new ArrayList<>(IntStream.range(0, 12).boxed().toList());
    new NumpyRandom(3).shuffle(list);
    assertThat(list).isEqualTo(expected);
  }

  @Test
  void countsAreThoseOfTheDraws() {
    int[] counts = new int[17];
    for (int i : new NumpyRandom(1234).choiceWithReplacement(17, 5000)) {
      counts[i]++;
    }
    assertThat(new NumpyRandom(1234).countsOfChoice(17, 5000)).containsExactly(counts);
  }

  @Test
  void impossibleDrawsAreRefused() {
    assertThatThrownBy(() -> new NumpyRandom(-1)).isInstanceOf(IllegalArgumentException.class);
    NumpyRandom random = new NumpyRandom(0);
    assertThatThrownBy(() -> random.randint(3, 3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> random.choiceWithoutReplacement(2, 3))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> random.choiceWithReplacement(0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
