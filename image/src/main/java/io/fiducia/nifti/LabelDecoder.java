package io.fiducia.nifti;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Size;

/** Reads stored voxels as labels. */
final class LabelDecoder {
  /** How far from a whole number a label may be: scaled labels carry rounding. */
  private static final double WHOLE_TOLERANCE = 1e-3;
  private static final int NONE = Integer.MAX_VALUE;

  private LabelDecoder() {}

  /**
   * The labels of a channel, x fastest. Values within 0.001 of a whole number after scaling are
   * rounded to it.
   *
   * @param source names the file in messages
   * @throws FiduciaException BAD_INPUT naming the first voxel whose value is no whole number from 0
   *     to 32767
   */
  static short[] labels(String source, NiftiHeader header, byte[] stored) {
    short[] labels = new short[header.size().voxels()];
    int bad = VoxelChunks
        .map(labels.length, (from, count) -> decode(header, stored, from, count, labels)).stream()
        .mapToInt(Integer::intValue).min().orElse(NONE);
    if (bad != NONE) {
      double[] value = new double[1];
      VoxelDecoder.decode(header, stored, bad, 1, value);
      throw badLabel(source, header.size(), bad, value[0]);
    }
    return labels;
  }

  /** Fills the labels of a range; returns the first voxel that holds none, or NONE. */
  private static int decode(NiftiHeader header, byte[] stored, int from, int count,
      short[] labels) {
    if (header.type() == NiftiDataType.UINT8 && !header.scaled()) {
      // Most label maps are of this kind, and each byte is a label.
      for (int i = from; i < from + count; i++) {
        labels[i] = (short) (stored[i] & 0xff);
      }
      return NONE;
    }
    double[] exact = new double[Math.min(VoxelChunks.PIECE, count)];
    for (int done = 0; done < count; done += VoxelChunks.PIECE) {
      int start = from + done;
      int n = Math.min(VoxelChunks.PIECE, count - done);
      VoxelDecoder.decode(header, stored, start, n, exact);
      for (int i = 0; i < n; i++) {
        double whole = Math.rint(exact[i]);
        if (!(Math.abs(exact[i] - whole) <= WHOLE_TOLERANCE) || whole < 0
            || whole > Short.MAX_VALUE) {
          return start + i;
        }
        labels[start + i] = (short) whole;
      }
    }
    return NONE;
  }

  /** The error for a voxel whose value is no label. */
  static FiduciaException badLabel(String source, Size size, int voxel, double value) {
    int i = voxel % size.x();
    int j = voxel / size.x() % size.y();
    int k = voxel / size.x() / size.y();
    return FiduciaException.badInput(
        "the image is no label map",
        source + ", voxel (" + i + ", " + j + ", " + k + ")",
        "expected a whole number from 0 to 32767, found " + value,
        "check that this is the label file and not the image");
  }
}
