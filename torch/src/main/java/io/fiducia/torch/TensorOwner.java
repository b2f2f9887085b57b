package io.fiducia.torch;

import io.fiducia.base.FiduciaException;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds tensors that outlive the scope they were made in, such as parameters and optimiser state,
 * until it is closed.
 */
public final class TensorOwner implements AutoCloseable {
  private final String name;
  private final List<Tensor> tensors = new ArrayList<>();
  private boolean closed;

  public TensorOwner(String name) {
    this.name = name;
  }

  /** The tensor itself, which now lives at least until this owner closes. */
  public Tensor adopt(Tensor tensor) {
    if (closed) {
      throw FiduciaException.internal("a closed owner was given a tensor", "owner " + name, "", "");
    }
    tensor.handle().retainReference();
    tensors.add(tensor);
    return tensor;
  }

  /** Bytes of all tensors held. */
  public long bytes() {
    return tensors.stream().mapToLong(t -> t.numel() * t.dtype().bytes()).sum();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      tensors.forEach(t -> t.handle().releaseReference());
      tensors.clear();
    }
  }
}
