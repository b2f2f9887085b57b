package io.fiducia.torch;

/** Memory of the CPU or of the GPU ran out inside libtorch. */
public final class DeviceMemoryException extends TorchException {
  private static final long serialVersionUID = 1L;

  DeviceMemoryException(String where, String why, Throwable cause) {
    super("out of memory", where, why,
        "use a smaller patch or batch, close other programs, or choose another device", cause);
  }
}
