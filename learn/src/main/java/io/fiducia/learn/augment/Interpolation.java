package io.fiducia.learn.augment;

import java.util.Arrays;

/**
 * Linear interpolation of an image and its labels along straight rows. Most of a row lies well inside
 * the image and takes a short path without bounds; only voxels whose neighbours disagree about the
 * label take the long one. Not thread-safe.
 */
final class Interpolation {
  private static final short OUTSIDE = -1;

  private final float[] data;
  private final short[] seg;
  private final int sizeZ;
  private final int sizeY;
  private final int sizeX;
  private final int plane;
  private final int voxels;
  private final int channels;
  private final boolean inPlane;
  private final short[] cornerLabels = new short[8];
  private final float[] cornerWeights = new float[8];
  private final float[] scores = new float[8];

  private int[] at = {};
  private float[] fz = {};
  private float[] fy = {};
  private float[] fx = {};

  Interpolation(float[] data, short[] seg, int[] size, int channels, boolean inPlane) {
    this.data = data;
    this.seg = seg;
    this.sizeZ = size[0];
    this.sizeY = size[1];
    this.sizeX = size[2];
    this.plane = sizeY * sizeX;
    this.voxels = sizeZ * plane;
    this.channels = channels;
    this.inPlane = inPlane;
  }

  /**
   * Interpolates at {@code begin + i step} for i in [0, count). Channel c of voxel i goes to {@code
   * out[outAt + c * channelStride + i]}, its label to {@code outSeg[outSegAt + i]}.
   */
  void row(
      double[] begin, double[] step, int count, float[] out, int outAt, int channelStride,
      short[] outSeg, int outSegAt) {
    int first = 0;
    int end = count;
    int[] sizes = {sizeZ, sizeY, sizeX};
    for (int axis = inPlane ? 1 : 0; axis < 3; axis++) {
      double b = begin[axis];
      double s = step[axis];
      double limit = sizes[axis] - 1;
      // Places along a row are monotone, so the inside is one run; its ends are trimmed here.
      while (first < end && outside(b + first * s, limit)) {
        first++;
      }
      while (first < end && outside(b + (end - 1) * s, limit)) {
        end--;
      }
    }
    if (inPlane && (begin[0] < 0 || begin[0] > sizeZ - 1)) {
      end = first;
    }
    for (int i = 0; i < first; i++) {
      edge(begin, step, i, out, outAt, channelStride, outSeg, outSegAt);
    }
    for (int i = end; i < count; i++) {
      edge(begin, step, i, out, outAt, channelStride, outSeg, outSegAt);
    }
    if (end <= first) {
      return;
    }
    prepare(begin, step, first, end);
    for (int c = 0; c < channels; c++) {
      int from = c * voxels;
      int to = outAt + c * channelStride;
      if (inPlane) {
        bilinear(from, first, end, out, to);
      } else {
        trilinear(from, first, end, out, to);
      }
    }
    if (inPlane) {
      labelsInPlane(first, end, outSeg, outSegAt);
    } else {
      labels(first, end, outSeg, outSegAt);
    }
  }

  private static boolean outside(double place, double limit) {
    return !(place >= 0 && place < limit);
  }

  /** Splits each inner place into the voxel below and the fractions above it. */
  private void prepare(double[] begin, double[] step, int first, int end) {
    if (at.length < end) {
      at = new int[end];
      fz = new float[end];
      fy = new float[end];
      fx = new float[end];
    }
    int base = inPlane ? (int) Math.rint(begin[0]) * plane : 0;
    double bz = begin[0];
    double by = begin[1];
    double bx = begin[2];
    double sz = step[0];
    double sy = step[1];
    double sx = step[2];
    for (int i = first; i < end; i++) {
      double y = by + i * sy;
      double x = bx + i * sx;
      int iy = (int) y;
      int ix = (int) x;
      fy[i] = (float) (y - iy);
      fx[i] = (float) (x - ix);
      at[i] = base + iy * sizeX + ix;
    }
    if (!inPlane) {
      for (int i = first; i < end; i++) {
        double z = bz + i * sz;
        int iz = (int) z;
        fz[i] = (float) (z - iz);
        at[i] += iz * plane;
      }
    }
  }

  private void trilinear(int from, int first, int end, float[] out, int to) {
    for (int i = first; i < end; i++) {
      int p = from + at[i];
      int q = p + plane;
      float wx = fx[i];
      float wy = fy[i];
      float a = data[p] + wx * (data[p + 1] - data[p]);
      float b = data[p + sizeX] + wx * (data[p + sizeX + 1] - data[p + sizeX]);
      float c = data[q] + wx * (data[q + 1] - data[q]);
      float d = data[q + sizeX] + wx * (data[q + sizeX + 1] - data[q + sizeX]);
      float e = a + wy * (b - a);
      float f = c + wy * (d - c);
      out[to + i] = e + fz[i] * (f - e);
    }
  }

  private void bilinear(int from, int first, int end, float[] out, int to) {
    for (int i = first; i < end; i++) {
      int p = from + at[i];
      float wx = fx[i];
      float a = data[p] + wx * (data[p + 1] - data[p]);
      float b = data[p + sizeX] + wx * (data[p + sizeX + 1] - data[p + sizeX]);
      out[to + i] = a + fy[i] * (b - a);
    }
  }

  private void labels(int first, int end, short[] out, int to) {
    for (int i = first; i < end; i++) {
      int p = at[i];
      int q = p + plane;
      int a = seg[p];
      int differ = (a ^ seg[p + 1]) | (a ^ seg[p + sizeX]) | (a ^ seg[p + sizeX + 1])
          | (a ^ seg[q]) | (a ^ seg[q + 1]) | (a ^ seg[q + sizeX]) | (a ^ seg[q + sizeX + 1]);
      out[to + i] = differ == 0 ? (short) a : mixed(p, fz[i], fy[i], fx[i], 8);
    }
  }

  private void labelsInPlane(int first, int end, short[] out, int to) {
    for (int i = first; i < end; i++) {
      int p = at[i];
      int a = seg[p];
      int differ = (a ^ seg[p + 1]) | (a ^ seg[p + sizeX]) | (a ^ seg[p + sizeX + 1]);
      out[to + i] = differ == 0 ? (short) a : mixed(p, 0, fy[i], fx[i], 4);
    }
  }

  /** The label at a place between voxels that do not agree; all of them lie inside. */
  private short mixed(int p, float wz, float wy, float wx, int corners) {
    int nearest = 0;
    for (int k = 0; k < corners; k++) {
      cornerLabels[k] = seg[p + (k & 1) + ((k >> 1) & 1) * sizeX + (k >> 2) * plane];
      cornerWeights[k] = weight(wx, k & 1) * weight(wy, (k >> 1) & 1) * weight(wz, k >> 2);
    }
    // Halfway goes to the even voxel upstream; which of two is even is lost here, and near enough.
    nearest += wx > 0.5f ? 1 : 0;
    nearest += wy > 0.5f ? 2 : 0;
    nearest += wz > 0.5f ? 4 : 0;
    return vote(corners, cornerLabels[nearest]);
  }

  private static float weight(float fraction, int upper) {
    return upper == 1 ? fraction : 1 - fraction;
  }

  /** The label of the largest summed weight, scores in thousandths rounded to half precision. */
  private short vote(int corners, short nearest) {
    Arrays.fill(scores, 0, corners, 0f);
    // Each label gathers its weights at its first corner.
    for (int k = 0; k < corners; k++) {
      int owner = 0;
      while (cornerLabels[owner] != cornerLabels[k]) {
        owner++;
      }
      scores[owner] += 1000 * cornerWeights[k];
    }
    float best = -1;
    short label = OUTSIDE;
    float ofNearest = -2;
    for (int k = 0; k < corners; k++) {
      float score = Float.float16ToFloat(Float.floatToFloat16(scores[k]));
      if (score > best || (score == best && cornerLabels[k] < label && score > 0)) {
        best = score;
        label = cornerLabels[k];
      }
      if (cornerLabels[k] == nearest && score > ofNearest) {
        ofNearest = score;
      }
    }
    return ofNearest == best ? nearest : label;
  }

  /** One voxel of the row that has neighbours outside. */
  private void edge(
      double[] begin, double[] step, int i, float[] out, int outAt, int channelStride,
      short[] outSeg, int outSegAt) {
    double z = inPlane ? Math.rint(begin[0]) : begin[0] + i * step[0];
    double y = begin[1] + i * step[1];
    double x = begin[2] + i * step[2];
    int iz = (int) Math.floor(z);
    int iy = (int) Math.floor(y);
    int ix = (int) Math.floor(x);
    float wz = (float) (z - iz);
    float wy = (float) (y - iy);
    float wx = (float) (x - ix);
    for (int c = 0; c < channels; c++) {
      out[outAt + c * channelStride + i] = 0;
    }
    for (int k = 0; k < 8; k++) {
      int cz = iz + (k >> 2);
      int cy = iy + ((k >> 1) & 1);
      int cx = ix + (k & 1);
      float w = weight(wx, k & 1) * weight(wy, (k >> 1) & 1) * weight(wz, k >> 2);
      cornerWeights[k] = w;
      cornerLabels[k] = OUTSIDE;
      if (cz >= 0 && cz < sizeZ && cy >= 0 && cy < sizeY && cx >= 0 && cx < sizeX) {
        int p = cz * plane + cy * sizeX + cx;
        cornerLabels[k] = seg[p];
        for (int c = 0; c < channels; c++) {
          out[outAt + c * channelStride + i] += w * data[c * voxels + p];
        }
      }
    }
    int nearest = (wx > 0.5f ? 1 : 0) + (wy > 0.5f ? 2 : 0) + (wz > 0.5f ? 4 : 0);
    outSeg[outSegAt + i] = vote(8, cornerLabels[nearest]);
  }
}
