package io.fiducia.core;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;

/**
 * Anything that contours a case. Studies, the vault and the reviewer know a system by this interface
 * alone; a further system is a new module that implements it.
 *
 * <p>A segmenter throws nothing but {@link io.fiducia.base.FiduciaException}, whatever its libraries
 * throw; {@link SegmenterFailures} translates the rest. It may hold native memory: use it on the
 * thread that opened it, and close it.
 */
public interface Segmenter extends AutoCloseable {
  /** The structures that it contours. */
  StructureSet structures();

  /**
   * The contours of a case, on the grid of its images. A request to stop is noticed in every phase:
   * preparation, the network's patches, and the way back to the images' grid.
   *
   * @throws io.fiducia.base.FiduciaException BAD_INPUT if the case does not fit the model (number of
   *     channels, intensities that are not numbers), OUT_OF_RESOURCES, CANCELLED on request, INTERNAL
   *     for a fault of the program
   */
  Segmentation segment(Case images, Progress progress, Cancellation cancellation);

  /** Frees what it holds; closing twice does nothing. */
  @Override
  void close();
}
