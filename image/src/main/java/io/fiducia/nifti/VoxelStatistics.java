package io.fiducia.nifti;

import java.util.List;

/** Smallest, largest and mean value of stored voxels. */
final class VoxelStatistics {
  private VoxelStatistics() {}

  /** Of one chunk: smallest, largest and sum of the finite values, and their number. */
  private record Summary(double min, double max, double sum, long finite) {}

  /** The statistics over all channels after scaling; NaN where no value is finite. */
  static NiftiImage.Statistics of(NiftiHeader header, List<byte[]> channels) {
    int voxels = header.size().voxels();
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    long finite = 0;
    for (byte[] channel : channels) {
      // In order, so that the number of threads does not change the sum.
      for (Summary part : VoxelChunks.map(voxels,
          (from, count) -> summary(header, channel, from, count))) {
        min = Math.min(min, part.min());
        max = Math.max(max, part.max());
        sum += part.sum();
        finite += part.finite();
      }
    }
    long nonFinite = (long) voxels * channels.size() - finite;
    return finite == 0
        ? new NiftiImage.Statistics(Double.NaN, Double.NaN, Double.NaN, nonFinite)
        : new NiftiImage.Statistics(min, max, sum / finite, nonFinite);
  }

  private static Summary summary(NiftiHeader header, byte[] channel, int from, int count) {
    double[] values = new double[Math.min(VoxelChunks.PIECE, count)];
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double total = 0;
    long finite = 0;
    for (int done = 0; done < count; done += VoxelChunks.PIECE) {
      int n = Math.min(VoxelChunks.PIECE, count - done);
      VoxelDecoder.decode(header, channel, from + done, n, values);
      double sum = 0;
      for (int i = 0; i < n; i++) {
        double v = values[i];
        if (Double.isFinite(v)) {
          min = Math.min(min, v);
          max = Math.max(max, v);
          sum += v;
          finite++;
        }
      }
      // Short sums first: they lose less to rounding.
      total += sum;
    }
    return new Summary(min, max, total, finite);
  }
}
