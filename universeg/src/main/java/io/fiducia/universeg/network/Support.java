package io.fiducia.universeg.network;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Support slices as a network reads them. Make it with {@link InContextNetwork#support}; it is worth
 * keeping, since much of the network's work on a support slice does not depend on the target.
 *
 * @param slices (S, 2, y, x): image from 0 to 1, and label, 0 or 1
 * @param prepared (S, features, y, x): the part of the first block that no target changes
 */
public record Support(Tensor slices, Tensor prepared) {
  /** Bytes of features of a chunk: what stays in the cache from one operation to the next. */
  private static final long CHUNK_BYTES = 16L << 20;

  /** The number of slices. */
  public long size() {
    return slices.size(0);
  }

  /**
   * The prepared slices in chunks that a processor's cache holds; in one chunk if gradients are recorded,
   * or if there are several targets.
   */
  List<Tensor> chunks(long targets) {
    long each = Math.max(1, CHUNK_BYTES / (4 * prepared.numel() / size()));
    if (Autograd.isEnabled() || targets > 1 || each >= size()) {
      return List.of(prepared);
    }
    List<Tensor> chunks = new ArrayList<>();
    for (long from = 0; from < size(); from += each) {
      chunks.add(prepared.narrow(0, from, Math.min(each, size() - from)));
    }
    return chunks;
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
