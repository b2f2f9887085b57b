package io.fiducia.nnunet.network;

import io.fiducia.base.FiduciaException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The result of loading stored weights into a network.
 *
 * @param loaded names of parameters that were copied; parameters with several names count once
 * @param missing names of parameters that the weights do not contain
 * @param extra names in the weights that the network does not have
 * @param mismatched parameters whose shape differs
 */
public record LoadReport(
    List<String> loaded,
    List<String> missing,
    List<String> extra,
    List<Mismatch> mismatched) {
  /** A parameter whose stored shape differs from the network's. */
  public record Mismatch(String name, List<Long> expected, List<Long> found) {
    @Override
    public String toString() {
      return name + " expected " + expected + " found " + found;
    }
  }

  public LoadReport {
    loaded = List.copyOf(loaded);
    missing = List.copyOf(missing);
    extra = List.copyOf(extra);
    mismatched = List.copyOf(mismatched);
  }

  /** Returns whether every parameter was found and no stored weight was left over. */
  public boolean complete() {
    return missing.isEmpty() && extra.isEmpty() && mismatched.isEmpty();
  }

  /**
   * Returns this report if it is complete.
   *
   * @throws FiduciaException naming what differs, of the weights at {@code where}
   */
  public LoadReport requireComplete(Object where) {
    if (complete()) {
      return this;
    }
    String why = Stream
        .of(part("missing", missing), part("of another shape", mismatched), part("unknown", extra))
        .filter(s -> !s.isEmpty()).collect(Collectors.joining("; "));
    throw FiduciaException.badInput("weights do not fit the network", where, why,
        "use the plans.json that belongs to these weights");
  }

  private static String part(String title, List<?> items) {
    if (items.isEmpty()) {
      return "";
    }
    return items.size() + " " + title + " ("
        + items.stream().limit(3).map(String::valueOf).collect(Collectors.joining(", "))
        + (items.size() > 3 ? ", ..." : "") + ")";
  }
}
