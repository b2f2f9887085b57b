package io.fiducia.learn.transfer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collector;
import java.util.stream.Collectors;

/**
 * What became of the tensors of a network and of its source.
 *
 * @param tensors every tensor of the network, in its order
 * @param left the tensors of the source that nothing was taken from
 */
public record WeightReport(List<Mapped> tensors, List<Left> left) {
  /** How many names a line of the summary lists. */
  private static final int NAMES = 3;

  /**
   * A tensor of the network.
   *
   * @param name its first name
   * @param why what was done, or why nothing was taken
   */
  public record Mapped(String name, TensorState state, String why) {}

  /** A tensor of the source that nothing was taken from. */
  public record Left(String name, String why) {}

  public WeightReport {
    tensors = List.copyOf(tensors);
    left = List.copyOf(left);
  }

  /** The report in a few lines for people: how many tensors are in each state, which, and why. */
  public List<String> summary() {
    List<String> lines = new ArrayList<>();
    lines.add(count(TensorState.TAKEN) + " tensors taken, " + count(TensorState.ADAPTED)
        + " adapted, " + count(TensorState.FRESH) + " fresh");
    for (TensorState state : List.of(TensorState.ADAPTED, TensorState.FRESH)) {
      Map<String, List<String>> byReason = tensors.stream().filter(t -> t.state() == state)
          .collect(grouped(Mapped::why, Mapped::name));
      byReason.forEach((why, names) -> lines.add(line(state.word(), names, why)));
    }
    left.stream().collect(grouped(Left::why, Left::name))
        .forEach((why, names) -> lines.add(line("left of the source", names, why)));
    return lines;
  }

  private long count(TensorState state) {
    return tensors.stream().filter(t -> t.state() == state).count();
  }

  private static <T> Collector<T, ?, Map<String, List<String>>> grouped(Function<T, String> why,
      Function<T, String> name) {
    return Collectors.groupingBy(why, LinkedHashMap::new,
        Collectors.mapping(name, Collectors.toList()));
  }

  private static String line(String title, List<String> names, String why) {
    int more = names.size() - NAMES;
    return title + ": " + names.stream().limit(NAMES).collect(Collectors.joining(", "))
        + (more > 0 ? " and " + more + " more" : "") + " (" + why + ")";
  }
}
