package io.fiducia.torch.nn;

import io.fiducia.base.FiduciaException;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.checkpoint.StoredType;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Conversion between tensors of libtorch and tensors of checkpoints. */
public final class StoredTensors {
  private StoredTensors() {}

  /** A tensor with the stored values, on a device. */
  public static Tensor toTensor(StoredTensor stored, Device device) {
    return Tensor.ofBytes(stored.bytes(), dtype(stored), device, stored.shape());
  }

  private static DType dtype(StoredTensor stored) {
    try {
      return DType.valueOf(stored.dtype().name());
    } catch (IllegalArgumentException e) {
      throw FiduciaException.internal(
          "a stored tensor has an element type that networks do not use", "",
          "found " + stored.dtype().torchName(), "", e);
    }
  }

  /** A copy of the tensor's values to put in a checkpoint. */
  public static StoredTensor toStored(Tensor tensor) {
    return StoredTensor.of(
        StoredType.valueOf(tensor.dtype().name()),
        tensor.shape(), tensor.toBytes());
  }

  /** Copies of all tensors, in order; names of one tensor share one copy, as torch's files do. */
  public static Map<String, StoredTensor> toStored(Map<String, Tensor> tensors) {
    Map<Tensor, StoredTensor> copies = new IdentityHashMap<>();
    Map<String, StoredTensor> out = new LinkedHashMap<>();
    tensors.forEach((name, t) -> out.put(name, copies.computeIfAbsent(t, StoredTensors::toStored)));
    return out;
  }
}
