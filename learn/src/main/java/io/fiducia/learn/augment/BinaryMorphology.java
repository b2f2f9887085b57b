package io.fiducia.learn.augment;

import java.util.HashMap;
import java.util.Map;

/**
 * Dilation and erosion of a mask by a {@link StructuringElement}, 64 voxels at a time. Outside the
 * mask, voxels count as unset in a dilation and as set in an erosion, as upstream counts them.
 */
final class BinaryMorphology {
  /** The operations that nnU-Net draws from. */
  enum Operator {
    DILATE,
    ERODE,
    CLOSE,
    OPEN
  }

  private final PatchShape shape;
  private final int words;

  private BinaryMorphology(PatchShape shape) {
    this.shape = shape;
    this.words = (shape.x() + 63) / 64;
  }

  /** Returns the mask after an operation; the given mask is not changed. */
  static boolean[] apply(Operator operator, boolean[] mask, PatchShape shape,
      StructuringElement element) {
    BinaryMorphology m = new BinaryMorphology(shape);
    long[] bits = m.pack(mask);
    return m.unpack(switch (operator) {
      case DILATE -> m.dilate(bits, element);
      case ERODE -> m.erode(bits, element);
      case CLOSE -> m.erode(m.dilate(bits, element), element);
      case OPEN -> m.dilate(m.erode(bits, element), element);
    });
  }

  private long[] erode(long[] bits, StructuringElement element) {
    return complement(dilate(complement(bits), element));
  }

  /** Sets a voxel where the element, centred on it, touches a voxel that is set. */
  private long[] dilate(long[] bits, StructuringElement element) {
    Map<Long, long[]> widened = new HashMap<>();
    long[] out = new long[bits.length];
    for (StructuringElement.Run run : element.runs()) {
      long[] rows = widened.computeIfAbsent(((long) run.first() << 32) | (run.last() & 0xFFFFFFFFL),
          k -> widen(bits, run.first(), run.last()));
      for (int z = Math.max(0, -run.z()); z < Math.min(shape.z(), shape.z() - run.z()); z++) {
        for (int y = Math.max(0, -run.y()); y < Math.min(shape.y(), shape.y() - run.y()); y++) {
          int to = (z * shape.y() + y) * words;
          int from = ((z + run.z()) * shape.y() + y + run.y()) * words;
          for (int w = 0; w < words; w++) {
            out[to + w] |= rows[from + w];
          }
        }
      }
    }
    return out;
  }

  /** Each row's bits, set at x where any of x + first to x + last is. */
  private long[] widen(long[] bits, int first, int last) {
    long[] out = new long[bits.length];
    for (int row = 0; row < bits.length; row += words) {
      for (int shift = first; shift <= last; shift++) {
        for (int w = 0; w < words; w++) {
          out[row + w] |= word(bits, row, w * 64 + shift);
        }
        out[row + words - 1] &= lastMask();
      }
    }
    return out;
  }

  /** 64 bits of a row from a position that may lie outside. */
  private long word(long[] bits, int row, int position) {
    int w = Math.floorDiv(position, 64);
    int shift = Math.floorMod(position, 64);
    long low = w >= 0 && w < words ? bits[row + w] : 0;
    if (shift == 0) {
      return low;
    }
    long high = w + 1 >= 0 && w + 1 < words ? bits[row + w + 1] : 0;
    return low >>> shift | high << (64 - shift);
  }

  private long lastMask() {
    int used = shape.x() % 64;
    return used == 0 ? -1L : (1L << used) - 1;
  }

  private long[] complement(long[] bits) {
    long[] out = new long[bits.length];
    for (int i = 0; i < bits.length; i++) {
      out[i] = ~bits[i] & (i % words == words - 1 ? lastMask() : -1L);
    }
    return out;
  }

  private long[] pack(boolean[] mask) {
    long[] bits = new long[shape.z() * shape.y() * words];
    for (int row = 0; row < shape.z() * shape.y(); row++) {
      for (int x = 0; x < shape.x(); x++) {
        if (mask[row * shape.x() + x]) {
          bits[row * words + x / 64] |= 1L << x;
        }
      }
    }
    return bits;
  }

  private boolean[] unpack(long[] bits) {
    boolean[] mask = new boolean[shape.voxels()];
    for (int row = 0; row < shape.z() * shape.y(); row++) {
      for (int x = 0; x < shape.x(); x++) {
        mask[row * shape.x() + x] = (bits[row * words + x / 64] >>> x & 1) != 0;
      }
    }
    return mask;
  }
}
