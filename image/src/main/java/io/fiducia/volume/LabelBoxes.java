package io.fiducia.volume;

import io.fiducia.geometry.Size;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The bounding box and the number of voxels of every label above 0 of a label map, found in one pass.
 * Work on one label inside its box costs what the structure is large, not what the image is large.
 */
public final class LabelBoxes {
  private static final int CHUNKS = 64;

  private final int[] low;
  private final int[] high;
  private final long[] counts;

  private LabelBoxes(int labels) {
    low = new int[3 * labels];
    high = new int[3 * labels];
    counts = new long[labels];
    Arrays.fill(low, Integer.MAX_VALUE);
    Arrays.fill(high, -1);
  }

  /** The boxes of a label map; labels of 0 and below are background. */
  public static LabelBoxes of(LabelVolume volume) {
    return of(volume.data(), volume.geometry().size());
  }

  /** The boxes of a label map given as an array, x fastest. */
  public static LabelBoxes of(short[] data, Size size) {
    int plane = size.x() * size.y();
    int max = IntStream.range(0, size.z()).parallel().map(k -> {
      int m = 0;
      for (int i = k * plane; i < (k + 1) * plane; i++) {
        m = Math.max(m, data[i]);
      }
      return m;
    }).max().orElse(0);
    int chunks = Math.min(CHUNKS, size.z());
    return IntStream.range(0, chunks).parallel().mapToObj(c -> {
      LabelBoxes part = new LabelBoxes(max + 1);
      int end = (int) ((long) size.z() * (c + 1) / chunks);
      for (int k = (int) ((long) size.z() * c / chunks); k < end; k++) {
        part.addSlice(data, size, k);
      }
      return part;
    }).reduce(LabelBoxes::merge).orElseThrow();
  }

  private void addSlice(short[] data, Size size, int k) {
    int width = size.x();
    for (int j = 0; j < size.y(); j++) {
      int row = size.index(0, j, k);
      int i = 0;
      while (i < width) {
        short label = data[row + i];
        int start = i;
        i = endOfRun(data, row + i, row + width) - row;
        if (label > 0) {
          counts[label] += i - start;
          extend(3 * label, start, i - 1);
          extend(3 * label + 1, j, j);
          extend(3 * label + 2, k, k);
        }
      }
    }
  }

  /** The index after the last of equal values from one on; the JDK compares many at once. */
  public static int endOfRun(short[] data, int from, int end) {
    int alike = Arrays.mismatch(data, from, end - 1, data, from + 1, end);
    return alike < 0 ? end : from + alike + 1;
  }

  private void extend(int at, int from, int to) {
    low[at] = Math.min(low[at], from);
    high[at] = Math.max(high[at], to);
  }

  private LabelBoxes merge(LabelBoxes other) {
    for (int i = 0; i < low.length; i++) {
      extend(i, other.low[i], other.high[i]);
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    return this;
  }

  /** The labels above 0 that occur. */
  public TreeSet<Integer> labels() {
    return IntStream.rangeClosed(1, maxLabel()).filter(l -> counts[l] > 0).boxed()
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The largest label, 0 if there is none. */
  public int maxLabel() {
    return counts.length - 1;
  }

  /** Voxels of a label; 0 for labels that do not occur. */
  public long count(int label) {
    return label > 0 && label < counts.length ? counts[label] : 0;
  }

  /** The smallest box that holds all voxels of a label; empty if it does not occur. */
  public Optional<Region> box(int label) {
    return count(label) == 0
        ? Optional.empty()
        : Optional.of(Region.between(low[3 * label], low[3 * label + 1], low[3 * label + 2],
            high[3 * label] + 1, high[3 * label + 1] + 1, high[3 * label + 2] + 1));
  }

  /** The smallest box that holds all voxels of several labels; empty if none occurs. */
  public Optional<Region> box(Iterable<Integer> labels) {
    Optional<Region> all = Optional.empty();
    for (int label : labels) {
      Optional<Region> own = box(label);
      all = all.isEmpty()
          ? own
          : own.isEmpty()
              ? all
              : Optional.of(all.get().union(own.get()));
    }
    return all;
  }

  /** The smallest box that holds all voxels above 0; empty if there are none. */
  public Optional<Region> foreground() {
    return box(IntStream.rangeClosed(1, maxLabel()).boxed().toList());
  }
}
