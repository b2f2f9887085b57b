package io.fiducia.nnunet.cases;

/**
 * A case as the network sees it.
 *
 * @param id the case's name
 * @param shape (z, y, x) in the network's axes
 * @param data one array per channel, row-major
 * @param seg labels, -1 outside the nonzero mask; without a label file 0 inside and -1 outside
 * @param properties what is needed to go back to the file
 */
public record PreprocessedCase(
    String id, int[] shape, float[][] data, short[] seg, CaseProperties properties) {
  /** The label of voxels outside the nonzero mask. */
  public static final short OUTSIDE = -1;
}
