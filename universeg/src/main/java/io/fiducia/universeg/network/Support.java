package io.fiducia.universeg.network;

import io.fiducia.torch.Tensor;
import java.util.List;

/**
 * Support slices as a network reads them. Make it with {@link InContextNetwork#support}; it is worth
 * keeping, since much of the network's work on a support slice does not depend on the target.
 *
 * @param slices (S, 2, y, x): image from 0 to 1, and label, 0 or 1
 * @param prepared (S, features, y, x): the part of the first block that no target changes
 */
public record Support(Tensor slices, Tensor prepared) {
  /** The number of slices. */
  public long size() {
    return slices.size(0);
  }

  /** Support slices of several together, copied. */
  public static Support join(List<Support> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    return new Support(Tensor.cat(parts.stream().map(Support::slices).toList(), 0),
        Tensor.cat(parts.stream().map(Support::prepared).toList(), 0));
  }
}
