package io.fiducia.learn.transfer;

import io.fiducia.torch.Tensor;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Decides how a tensor of a network is filled from the tensor of that name in another network. */
@FunctionalInterface
public interface TensorRule {
  /** The first values of a tensor. */
  sealed interface Fill {
    /** The source's values. */
    record Taken() implements Fill {}

    /**
     * Values made from the source's.
     *
     * @param values in the tensor's own order and number
     * @param why what was done
     */
    record Adapted(float[] values, String why) implements Fill {}

    /** The values that the tensor has. */
    record Fresh(String why) implements Fill {}
  }

  /**
   * Returns how the tensor is filled; empty if the two do not fit and the weights cannot be used.
   * Changes nothing.
   *
   * @param target the network's tensor, initialised
   * @param source the tensor of that name; empty if the source has none
   */
  Optional<Fill> fill(Tensor target, Optional<StoredTensor> source);

  /** The source's values where it has a tensor of the same shape; anything else does not fit. */
  static TensorRule same() {
    return (target, source) -> source.filter(s -> Arrays.equals(s.shape(), target.shape()))
        .map(s -> new Fill.Taken());
  }

  /** Never takes over anything. */
  static TensorRule fresh(String why) {
    return (target, source) -> Optional.of(new Fill.Fresh(why));
  }

  /**
   * For layers with one row (first axis) per output: each output gets the row of the same output of
   * the source, and outputs that the source lacks keep their fresh rows. A source without the tensor
   * leaves it fresh. The other axes must agree.
   */
  static TensorRule rows(OutputMatch match) {
    return (target, source) -> source.isEmpty()
        ? Optional.of(new Fill.Fresh("the source has no such tensor"))
        : rows(match, target, source.get());
  }

  private static Optional<Fill> rows(OutputMatch match, Tensor target, StoredTensor source) {
    long[] to = target.shape();
    long[] from = source.shape();
    boolean fits = to.length == from.length && to.length > 0
        && to[0] == match.sourceRows().size() && from[0] == match.sourceOutputs()
        && Arrays.equals(to, 1, to.length, from, 1, from.length);
    if (!fits) {
      return Optional.empty();
    }
    if (match.isIdentity()) {
      return Optional.of(new Fill.Taken());
    }
    if (match.taken().isEmpty()) {
      return Optional.of(new Fill.Fresh("the source has none of these outputs"));
    }
    float[] stored = source.toFloats();
    float[] values = target.toFloats();
    int row = values.length / (int) to[0];
    for (int r = 0; r < to[0]; r++) {
      Optional<Integer> sourceRow = match.sourceRows().get(r);
      if (sourceRow.isPresent()) {
        System.arraycopy(stored, sourceRow.get() * row, values, r * row, row);
      }
    }
    return Optional.of(new Fill.Adapted(values, match.toString()));
  }

  /**
   * For the layer that sees the image (second axis: image channels). With the source's number of
   * channels its values are taken. With another number, every channel gets the mean of the source's
   * channels, times the source's number of channels over the new one: an image that is the same in all
   * channels then has the response that it had in the source. The other axes must agree.
   */
  static TensorRule inputChannels() {
    return (target, source) -> source.flatMap(s -> channels(target, s));
  }

  private static Optional<Fill> channels(Tensor target, StoredTensor source) {
    long[] to = target.shape();
    long[] from = source.shape();
    if (Arrays.equals(to, from)) {
      return Optional.of(new Fill.Taken());
    }
    boolean fits = to.length == from.length && to.length > 1 && to[0] == from[0]
        && from[1] > 0 && Arrays.equals(to, 2, to.length, from, 2, from.length);
    if (!fits) {
      return Optional.empty();
    }
    int before = (int) from[1];
    int after = (int) to[1];
    int kernel = (int) (target.numel() / to[0] / after);
    float[] stored = source.toFloats();
    float[] values = new float[(int) target.numel()];
    for (int out = 0; out < to[0]; out++) {
      for (int k = 0; k < kernel; k++) {
        double sum = 0;
        for (int c = 0; c < before; c++) {
          sum += stored[(out * before + c) * kernel + k];
        }
        for (int c = 0; c < after; c++) {
          values[(out * after + c) * kernel + k] = (float) (sum / after);
        }
      }
    }
    return Optional.of(new Fill.Adapted(values, "the mean of the source's " + count(before)
        + " for " + count(after) + ", times " + before + "/" + after));
  }

  private static String count(int channels) {
    return channels + (channels == 1 ? " channel" : " channels");
  }

  /** The shape of a tensor as numbers of a message. */
  static List<Long> list(long[] shape) {
    return Arrays.stream(shape).boxed().toList();
  }
}
