package io.fiducia.core;

/**
 * A case with the contours that people drew: what a system learns from. Images and contours are read
 * when they are asked for, because a training set does not fit into memory.
 */
public interface ContouredCase {
  /** Pseudonym of the case; never a patient's identity. */
  String id();

  /**
   * The images, read at each call.
   *
   * @throws io.fiducia.base.FiduciaException BAD_INPUT if they cannot be read
   */
  Case images();

  /**
   * The contours on the grid of the images, read at each call. A structure that is missing was not
   * drawn, which does not mean that the patient lacks it.
   *
   * @throws io.fiducia.base.FiduciaException BAD_INPUT if they cannot be read
   */
  Segmentation contours();
}
