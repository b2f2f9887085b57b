package io.fiducia.learn.transfer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which output of a source each output of a network is.
 *
 * @param outputs names of the network's outputs, in order
 * @param sourceRows for each of them its number among the source's outputs; empty if the source lacks
 *     it
 * @param sourceOutputs how many outputs the source has
 */
public record OutputMatch(List<String> outputs, List<Optional<Integer>> sourceRows,
    int sourceOutputs) {
  /**
   * An output of a source.
   *
   * @param aliases further names, such as that of a standard vocabulary
   */
  public record Output(String name, Set<String> aliases) {
    public Output {
      aliases = Set.copyOf(aliases);
    }

    /** An output with one name. */
    public static Output of(String name) {
      return new Output(name, Set.of());
    }
  }

  public OutputMatch {
    outputs = List.copyOf(outputs);
    sourceRows = List.copyOf(sourceRows);
    if (outputs.size() != sourceRows.size()) {
      throw new IllegalArgumentException(outputs + " matched by " + sourceRows);
    }
  }

  /**
   * Matches by exact name; an output that has no match then gets the output that has its name as an
   * alias. No output of the source is used twice.
   */
  public static OutputMatch byName(List<String> outputs, List<Output> source) {
    List<String> names = source.stream().map(Output::name).toList();
    List<Optional<Integer>> rows = new ArrayList<>();
    Set<Integer> used = new HashSet<>();
    for (String name : outputs) {
      Optional<Integer> row = Optional.of(names.indexOf(name)).filter(r -> r >= 0);
      row.ifPresent(used::add);
      rows.add(row);
    }
    for (int o = 0; o < outputs.size(); o++) {
      String name = outputs.get(o);
      if (rows.get(o).isEmpty()) {
        Optional<Integer> row = IntStream.range(0, source.size()).boxed()
            .filter(r -> source.get(r).aliases().contains(name) && !used.contains(r)).findFirst();
        row.ifPresent(used::add);
        rows.set(o, row);
      }
    }
    return new OutputMatch(outputs, rows, source.size());
  }

  /** The network's outputs that the source has. */
  public List<String> taken() {
    return named(true);
  }

  /** The network's outputs that the source lacks. */
  public List<String> fresh() {
    return named(false);
  }

  private List<String> named(boolean present) {
    return IntStream.range(0, outputs.size()).filter(o -> sourceRows.get(o).isPresent() == present)
        .mapToObj(outputs::get).toList();
  }

  /** Whether both sides have the same outputs in the same order. */
  boolean isIdentity() {
    return sourceOutputs == outputs.size() && IntStream.range(0, outputs.size())
        .allMatch(o -> sourceRows.get(o).equals(Optional.of(o)));
  }

  /** The outputs that are taken over and those that are not, in words. */
  @Override
  public String toString() {
    return "rows of " + String.join(", ", taken()) + " from the source"
        + (fresh().isEmpty() ? "" : "; fresh rows for " + String.join(", ", fresh()));
  }
}
