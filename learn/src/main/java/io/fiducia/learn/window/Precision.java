package io.fiducia.learn.window;

import io.fiducia.base.FiduciaException;
import io.fiducia.torch.Autocast;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.BFloat16;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;

/** The precision of a network's convolutions; the precision of the sums over patches is another. */
public enum Precision {
  /** Single precision: the reference. */
  FP32,
  /** bfloat16, on CPUs and GPUs that have it: faster, labels at boundaries may differ. */
  BF16,
  /** Half precision, on GPUs, as nnU-Net computes there. */
  FP16;

  /**
   * Checks that a device computes in this precision.
   *
   * @throws FiduciaException USAGE if the device does not have this precision, or only slowly
   */
  public void check(Device device) {
    if (this == BF16 && !BFloat16.isFast(device)) {
      throw FiduciaException.usage("this machine does not compute in bfloat16",
          "the processor has neither avx512_bf16 nor amx_bf16: it would be slower than fp32",
          "compute in fp32");
    }
    if (this == FP16 && !device.cuda()) {
      throw FiduciaException.usage("half precision is for GPUs", "the device is " + device,
          "compute in fp32 or bf16");
    }
  }

  /** A patch in the layout in which networks compute fastest. */
  public Tensor laidOut(Tensor patch) {
    return this == BF16 && !patch.device().cuda() ? patch.channelsLast() : patch;
  }

  /** A guard under which networks compute in this precision. */
  public Autograd.Guard guard(Device device) {
    return switch (this) {
      case FP32 -> () -> {};
      case BF16 -> Autocast.enable(device, DType.BFLOAT16);
      case FP16 -> Autocast.enable(device, DType.FLOAT16);
    };
  }
}
