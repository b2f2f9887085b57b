package io.fiducia.volume;

import io.fiducia.geometry.Size;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/** Where each label of a label map lies: its bounding box and its number of voxels. */
public final class LabelBoxes {
  /** Numbers kept per label: start and end on three axes, and the count. */
  private static final int FIELDS = 6;

  private final int[] boxes;
  private final long[] counts;

  private LabelBoxes(int labels) {
    boxes = new int[labels * FIELDS];
    counts = new long[labels];
    for (int l = 0; l < labels; l++) {
      Arrays.fill(boxes, l * FIELDS, l * FIELDS + 3, Integer.MAX_VALUE);
    }
  }

  /**
   * The box of one label.
   *
   * @param startX first voxel, inclusive
   * @param endX last voxel, exclusive
   * @param voxels how many voxels have the label
   */
  public record Box(int startX, int startY, int startZ, int endX, int endY, int endZ,
      long voxels) {}

  /** Finds the boxes of all labels above 0 in one pass over the voxels, on all cores. */
  public static LabelBoxes of(LabelVolume labels) {
    Size size = labels.geometry().size();
    short[] data = labels.data();
    int most = IntStream.range(0, size.z()).parallel().map(k -> {
      int largest = 0;
      for (int i = size.index(0, 0, k); i < size.index(0, 0, k) + size.x() * size.y(); i++) {
        largest = Math.max(largest, data[i]);
      }
      return largest;
    }).max().orElse(0);
    int chunks = Math.min(size.z(), 4 * Runtime.getRuntime().availableProcessors());
    return IntStream.range(0, chunks).parallel().mapToObj(c -> {
      LabelBoxes found = new LabelBoxes(most + 1);
      int end = (int) ((c + 1L) * size.z() / chunks);
      for (int k = (int) ((long) c * size.z() / chunks); k < end; k++) {
        found.addSlice(data, size, k);
      }
      return found;
    }).reduce(LabelBoxes::joined).orElseThrow();
  }

  private void addSlice(short[] data, Size size, int k) {
    for (int j = 0; j < size.y(); j++) {
      int row = size.index(0, j, k);
      int i = 0;
      while (i < size.x()) {
        short label = data[row + i];
        int start = i;
        do {
          i++;
        } while (i < size.x() && data[row + i] == label);
        if (label > 0) {
          addRun(label, start, i, j, k);
        }
      }
    }
  }

  private void addRun(int label, int start, int end, int j, int k) {
    int b = label * FIELDS;
    boxes[b] = Math.min(boxes[b], start);
    boxes[b + 1] = Math.min(boxes[b + 1], j);
    boxes[b + 2] = Math.min(boxes[b + 2], k);
    boxes[b + 3] = Math.max(boxes[b + 3], end);
    boxes[b + 4] = Math.max(boxes[b + 4], j + 1);
    boxes[b + 5] = Math.max(boxes[b + 5], k + 1);
    counts[label] += end - start;
  }

  private LabelBoxes joined(LabelBoxes other) {
    LabelBoxes all = new LabelBoxes(counts.length);
    for (int l = 0; l < counts.length; l++) {
      for (int f = 0; f < FIELDS; f++) {
        int a = boxes[l * FIELDS + f];
        int b = other.boxes[l * FIELDS + f];
        all.boxes[l * FIELDS + f] = f < 3 ? Math.min(a, b) : Math.max(a, b);
      }
      all.counts[l] = counts[l] + other.counts[l];
    }
    return all;
  }

  /** The box of a label; empty if no voxel has it. */
  public Optional<Box> find(int label) {
    if (label < 1 || label >= counts.length || counts[label] == 0) {
      return Optional.empty();
    }
    int b = label * FIELDS;
    return Optional.of(new Box(boxes[b], boxes[b + 1], boxes[b + 2], boxes[b + 3], boxes[b + 4],
        boxes[b + 5], counts[label]));
  }
}
