package io.fiducia.universeg.score;

import io.fiducia.base.SeededRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which cases a system learns from. Each repeat puts all cases into an order by chance; a support set is
 * the first of them, so that a smaller set is part of a larger one, and all systems get the same ones.
 */
final class NestedDraws {
  private final List<List<ScoreCase>> orders = new ArrayList<>();

  /** Draws the orders of so many repeats; the order of the cases given does not matter. */
  NestedDraws(List<ScoreCase> cases, int repeats, long seed) {
    for (int repeat = 0; repeat < repeats; repeat++) {
      List<ScoreCase> order = new ArrayList<>(cases);
      order.sort(Comparator.comparing(ScoreCase::id));
      SeededRandom random = SeededRandom.of(seed, "support", repeat);
      for (int i = order.size() - 1; i > 0; i--) {
        Collections.swap(order, i, random.nextInt(i + 1));
      }
      orders.add(List.copyOf(order));
    }
  }

  /**
   * The support set of a repeat (from 0), in the order of names.
   *
   * @param without a case that must not be part of it, because it is the one to be segmented
   */
  List<ScoreCase> of(int repeat, int size, Optional<String> without) {
    return orders.get(repeat).stream().filter(c -> without.filter(c.id()::equals).isEmpty())
        .limit(size).sorted(Comparator.comparing(ScoreCase::id)).toList();
  }
}
