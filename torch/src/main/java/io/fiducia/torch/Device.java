package io.fiducia.torch;

import io.fiducia.base.FiduciaException;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * Where tensors live and are computed.
 *
 * @param cuda whether it is an NVIDIA GPU; otherwise the CPU
 * @param index which GPU, from 0; 0 for the CPU
 */
public record Device(boolean cuda, int index) {
  public static final Device CPU = new Device(false, 0);

  public Device {
    if (index < 0 || index > 127 || !cuda && index != 0) {
      throw new IllegalArgumentException("no such device index: " + index);
    }
  }

  /**
   * The device of a name: {@code cpu}, {@code cuda}, {@code cuda:1}, or {@code auto}, which is the
   * first GPU if there is one and the CPU otherwise.
   *
   * @throws FiduciaException USAGE if the name is none of these or the GPU is not there
   */
  public static Device parse(String text) {
    return switch (text) {
      case "auto" -> isCudaAvailable() ? new Device(true, 0) : CPU;
      case "cpu" -> CPU;
      default -> cuda(text);
    };
  }

  private static Device cuda(String text) {
    if (!text.matches("cuda(:\\d{1,2})?")) {
      throw refuse("no such device", text, "expected auto, cpu, cuda or cuda:N", "");
    }
    int index = text.length() > 5 ? Integer.parseInt(text.substring(5)) : 0;
    int count = isCudaAvailable() ? Byte.toUnsignedInt(torch.cuda_device_count()) : 0;
    if (index >= count) {
      throw refuse("the GPU asked for is not there", text,
          count == 0
              ? "no usable NVIDIA GPU, or this build is for the CPU"
              : "GPUs found: " + count,
          "use --device cpu, or install the build for GPUs and NVIDIA's driver");
    }
    return new Device(true, index);
  }

  private static FiduciaException refuse(String what, String name, String why, String advice) {
    return new FiduciaException(FiduciaException.Kind.USAGE, what, name, why, advice, null);
  }

  /** Whether this build and this machine can compute on an NVIDIA GPU. */
  public static boolean isCudaAvailable() {
    return Native.call("cuda_is_available", torch::cuda_is_available);
  }

  org.bytedeco.pytorch.Device handle() {
    return cuda
        ? new org.bytedeco.pytorch.Device(DeviceType.CUDA, (byte) index)
        : new org.bytedeco.pytorch.Device(DeviceType.CPU);
  }

  @Override
  public String toString() {
    return cuda ? "cuda:" + index : "cpu";
  }
}
