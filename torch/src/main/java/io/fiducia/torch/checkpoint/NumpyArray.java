package io.fiducia.torch.checkpoint;

import java.util.Optional;

/** A numpy array inside a checkpoint; listed with the other values, not with the tensors. */
public final class NumpyArray {
  private Optional<StoredTensor> values = Optional.empty();

  NumpyArray() {}

  /** The elements, C-contiguous. */
  public StoredTensor values() {
    return values.orElseThrow(() -> new IllegalStateException("array without content"));
  }

  boolean isComplete() {
    return values.isPresent();
  }

  void complete(StoredTensor content) {
    values = Optional.of(content);
  }

  @Override
  public String toString() {
    StoredTensor tensor = values();
    return "numpy.ndarray " + tensor.dtype().torchName() + " "
        + java.util.Arrays.toString(tensor.shape());
  }
}
