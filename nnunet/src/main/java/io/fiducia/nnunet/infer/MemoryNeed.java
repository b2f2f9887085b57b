package io.fiducia.nnunet.infer;

import io.fiducia.base.AvailableMemory;
import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.torch.Device;
import java.util.Locale;

/**
 * How much memory the prediction of a case takes, known before it starts: on Linux, a process that runs
 * out of memory is killed without a message.
 *
 * @param outputs of the network whose logits of a patch exist; 0 if only its features do
 * @param channels of the network's input
 * @param shape (z, y, x) of the preprocessed case
 */
record MemoryNeed(Configuration configuration, int outputs, int channels,
    int[] shape) {
  /** What the Java side, its next case and the libraries may take besides. */
  private static final long MARGIN = 768L << 20;

  /**
   * Bytes that one patch takes in the network, within a fifth of what was measured, if the allocator
   * gives freed memory back. At full resolution: the decoder's joined input
   * (twice the features), its convolution's output, the normalised output, and what the convolution
   * arranges in another order (twice the features), six times the features in all; and the logits,
   * twice.
   */
  long networkBytes() {
    long voxels = 1;
    for (int size : configuration.patchSize()) {
      voxels *= size;
    }
    return 4 * voxels * (6L * configuration.architecture().featuresPerStage().get(0)
        + 2L * outputs);
  }

  private long inputBytes() {
    return 4L * channels * shape[0] * shape[1] * shape[2];
  }

  /**
   * Bytes of main memory that sums of logits may take.
   *
   * @throws FiduciaException OUT_OF_RESOURCES if not even one patch fits
   */
  long leftForSums(Device device) {
    long available = AvailableMemory.bytes();
    long needed = inputBytes() + (device.cuda() ? 0 : networkBytes());
    if (needed > available) {
      throw FiduciaException.outOfResources("not enough memory to predict",
          configuration.name(), String.format(Locale.ROOT,
              "a patch of %s needs about %.1f GB, %.1f GB are free", configuration.patchSize(),
              needed / 1e9, available / 1e9),
          "end other programs, or take a model with smaller patches (3d_lowres, 2d)", null);
    }
    return available - needed - MARGIN;
  }
}
