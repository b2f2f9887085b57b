package io.fiducia.nnunet.store;

import io.fiducia.nnunet.cases.Grids;
import io.fiducia.nnunet.cases.PreprocessedCase;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.MappedByteBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/**
 * Little-endian image channels and labels of one shape in mapped files, from which boxes are read.
 * Safe to read from several threads; a mapping lasts as long as the object is reachable.
 */
final class MappedArrays {
  /** A mapping may hold 2 GB at most; whole slices up to this are mapped together. */
  private static final long MAX_MAPPED_BYTES = 1L << 30;
  private final int[] shape;
  private final int slicesPerFloatPart;
  private final int slicesPerShortPart;
  private final FloatBuffer[][] data;
  private final ShortBuffer[] seg;

  /** A position in a file. */
  record Place(FileChannel file, long offset) {
    Place plus(long bytes) {
      return new Place(file, offset + bytes);
    }

    MappedByteBuffer map(long bytes) throws IOException {
      return MappedArrays.map(file, offset, bytes);
    }
  }

  /**
   * Channels of floats.
   *
   * @param first where the first one begins
   * @param stride bytes from one channel to the next
   * @param count their number
   */
  record Channels(Place first, long stride, int count) {}

  /** Maps labels alone, shorts of a shape (z, y, x). */
  MappedArrays(int[] shape, Place labels) throws IOException {
    this(shape, new Channels(labels, 0, 0), labels);
  }

  /** Maps channels of floats and one array of shorts, all of a shape (z, y, x). */
  MappedArrays(int[] shape, Channels channels, Place labels) throws IOException {
    this.shape = shape.clone();
    long slice = (long) shape[1] * shape[2];
    slicesPerFloatPart = slicesPerPart(4 * slice);
    slicesPerShortPart = slicesPerPart(2 * slice);
    data = new FloatBuffer[channels.count()][parts(slicesPerFloatPart)];
    for (int c = 0; c < data.length; c++) {
      for (int p = 0; p < data[c].length; p++) {
        int first = p * slicesPerFloatPart;
        int slices = Math.min(slicesPerFloatPart, shape[0] - first);
        data[c][p] = channels.first().plus(c * channels.stride() + 4 * slice * first)
            .map(4 * slice * slices).asFloatBuffer();
      }
    }
    seg = new ShortBuffer[parts(slicesPerShortPart)];
    for (int p = 0; p < seg.length; p++) {
      int first = p * slicesPerShortPart;
      int slices = Math.min(slicesPerShortPart, shape[0] - first);
      seg[p] = labels.plus(2 * slice * first).map(2 * slice * slices).asShortBuffer();
    }
  }

  private static int slicesPerPart(long sliceBytes) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, MAX_MAPPED_BYTES / sliceBytes));
  }

  private int parts(int slicesPerPart) {
    return (shape[0] - 1) / slicesPerPart + 1;
  }

  static MappedByteBuffer map(FileChannel file, long at, long bytes) throws IOException {
    MappedByteBuffer buffer = file.map(FileChannel.MapMode.READ_ONLY, at, bytes);
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    return buffer;
  }

  int[] shape() {
    return shape.clone();
  }

  int channels() {
    return data.length;
  }

  /** Reads a box, as {@link io.fiducia.learn.augment.PatchSource#readPatch} requires it. */
  void read(int[] start, int[] size, float[] dataOut, short[] segOut) {
    int voxels = Grids.voxels(size);
    if (dataOut.length < (long) voxels * channels() || segOut.length < voxels) {
      throw new IllegalArgumentException(
          "expected arrays of at least " + (long) voxels * channels() + " and " + voxels
              + ", found " + dataOut.length + " and " + segOut.length);
    }
    int[] low = new int[3];
    int[] high = new int[3];
    boolean whole = true;
    for (int a = 0; a < 3; a++) {
      low[a] = Math.max(0, start[a]);
      high[a] = Math.min(shape[a], start[a] + size[a]);
      whole &= low[a] == start[a] && high[a] == start[a] + size[a];
    }
    if (!whole) {
      Arrays.fill(dataOut, 0, voxels * channels(), 0);
      Arrays.fill(segOut, 0, voxels, PreprocessedCase.OUTSIDE);
      if (low[0] >= high[0] || low[1] >= high[1] || low[2] >= high[2]) {
        return;
      }
    }
    int width = high[2] - low[2];
    for (int z = low[0]; z < high[0]; z++) {
      for (int y = low[1]; y < high[1]; y++) {
        int to = ((z - start[0]) * size[1] + y - start[1]) * size[2] + low[2] - start[2];
        for (int c = 0; c < data.length; c++) {
          int from = ((z % slicesPerFloatPart) * shape[1] + y) * shape[2] + low[2];
          data[c][z / slicesPerFloatPart].get(from, dataOut, c * voxels + to, width);
        }
        int from = ((z % slicesPerShortPart) * shape[1] + y) * shape[2] + low[2];
        seg[z / slicesPerShortPart].get(from, segOut, to, width);
      }
    }
  }

  /** All channels. */
  float[][] loadData() {
    float[][] channels = new float[data.length][Grids.voxels(shape)];
    for (int c = 0; c < data.length; c++) {
      int at = 0;
      for (FloatBuffer part : data[c]) {
        part.get(0, channels[c], at, part.capacity());
        at += part.capacity();
      }
    }
    return channels;
  }

  /** All labels. */
  short[] loadSeg() {
    short[] labels = new short[Grids.voxels(shape)];
    int at = 0;
    for (ShortBuffer part : seg) {
      part.get(0, labels, at, part.capacity());
      at += part.capacity();
    }
    return labels;
  }
}
