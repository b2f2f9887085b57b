package io.fiducia.learn.transfer;

import io.fiducia.torch.Tensor;
import java.util.List;

/**
 * A tensor of a network that weights can be put into.
 *
 * @param names all names that it has in files, at least one; the first is used in reports
 */
public record TensorSlot(List<String> names, Tensor tensor) {
  public TensorSlot {
    names = List.copyOf(names);
  }

  /** The name for reports. */
  public String name() {
    return names.getFirst();
  }
}
