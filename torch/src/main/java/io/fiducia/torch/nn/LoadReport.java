package io.fiducia.torch.nn;

import io.fiducia.base.FiduciaException;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The result of loading stored weights into a network.
 *
 * @param loaded names of parameters that were copied
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

  /**
   * Copies every stored weight whose name and shape are those of a parameter, and reports the rest.
   *
   * @param parameters every parameter once
   */
  public static LoadReport copy(Map<String, StoredTensor> weights,
      Map<String, Tensor> parameters) {
    List<String> loaded = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    List<Mismatch> mismatched = new ArrayList<>();
    parameters.forEach((name, parameter) -> {
      StoredTensor stored = weights.get(name);
      if (stored == null) {
        missing.add(name);
      } else if (!Arrays.equals(stored.shape(), parameter.shape())) {
        mismatched.add(new Mismatch(name, list(parameter.shape()), list(stored.shape())));
      } else {
        try (TorchScope scope = TorchScope.open("load"); Autograd.Guard none = Autograd.noGrad()) {
          parameter.copy_(StoredTensors.toTensor(stored, parameter.device()));
        }
        loaded.add(name);
      }
    });
    List<String> extra = weights.keySet().stream().filter(n -> !parameters.containsKey(n)).toList();
    return new LoadReport(loaded, missing, extra, mismatched);
  }

  private static List<Long> list(long[] shape) {
    return Arrays.stream(shape).boxed().toList();
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
   * @throws FiduciaException BAD_INPUT naming what differs, of the weights at {@code where}, with advice
   */
  public LoadReport requireComplete(Object where, String advice) {
    if (complete()) {
      return this;
    }
    String why = Stream
        .of(part("missing", missing), part("of another shape", mismatched), part("unknown", extra))
        .filter(s -> !s.isEmpty()).collect(Collectors.joining("; "));
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
}
