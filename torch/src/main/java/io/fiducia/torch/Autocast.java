package io.fiducia.torch;

import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * Lets convolutions and matrix products of a device compute in half precision, per thread, while
 * parameters stay float32. Meant for GPUs; on CPUs without matrix units it is slower than float32.
 */
public final class Autocast {
  private Autocast() {}

  /**
   * A guard under which operations on that kind of device choose their precision; close it before
   * backward.
   *
   * @param dtype BFLOAT16, which needs no loss scaling, or FLOAT16
   */
  public static Autograd.Guard enable(Device device, DType dtype) {
    if (dtype != DType.BFLOAT16 && dtype != DType.FLOAT16) {
      throw new IllegalArgumentException("autocast is to BFLOAT16 or FLOAT16, found " + dtype);
    }
    DeviceType type = device.cuda() ? DeviceType.CUDA : DeviceType.CPU;
    boolean before = torch.is_autocast_enabled(type);
    Native.run("autocast", () -> {
      torch.set_autocast_dtype(type, dtype.scalarType());
      torch.set_autocast_enabled(type, true);
    });
    return () -> {
      torch.set_autocast_enabled(type, before);
      // Weights cast once per guard would otherwise outlive the optimiser's next change of them.
      torch.clear_cache();
    };
  }
}
