package io.fiducia.nnunet.network;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.TransferRecipe;
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
    return require(where, complete(), missing, mismatched, extra,
        "use the plans.json that belongs to these weights");
  }

  /**
   * Returns this report if everything except the segmentation heads was copied: upstream's rule for
   * pretrained weights, where labels may differ but channels and topology may not.
   *
   * @throws FiduciaException naming what differs, of the weights at {@code where}
   */
  public LoadReport requireBackbone(Object where) {
    List<String> gone = missing.stream().filter(n -> !isHead(n)).toList();
    List<Mismatch> other = mismatched.stream().filter(m -> !isHead(m.name())).toList();
    return require(where, gone.isEmpty() && other.isEmpty(), gone, other, List.of(),
        "plan the dataset with the plans of the pretrained model, and give the same channels");
  }

  private LoadReport require(
      Object where,
      boolean fits,
      List<String> gone,
      List<Mismatch> other,
      List<String> left,
      String advice) {
    if (fits) {
      return this;
    }
    String why = Stream.of(part("missing", gone), part("of another shape", other),
        part("unknown", left)).filter(s -> !s.isEmpty()).collect(Collectors.joining("; "));
    throw FiduciaException.badInput("weights do not fit the network", where, why, advice);
  }

  private static String part(String title, List<?> items) {
    if (items.isEmpty()) {
      return "";
    }
    return items.size() + " " + title + " ("
        + items.stream().limit(3).map(String::valueOf).collect(Collectors.joining(", "))
        + (items.size() > 3 ? ", ..." : "") + ")";
  }

  private static boolean isHead(String name) {
    return UNet.part(name) == TransferRecipe.Part.HEADS;
  }
}
