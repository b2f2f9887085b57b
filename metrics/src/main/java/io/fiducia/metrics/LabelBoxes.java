package io.fiducia.metrics;

import io.fiducia.geometry.Size;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** The labels of a label map and the smallest box around each, found in one pass. */
final class LabelBoxes {
  private final TreeMap<Integer, int[]> boxes;

  private LabelBoxes(TreeMap<Integer, int[]> boxes) {
    this.boxes = boxes;
  }

  static LabelBoxes of(LabelVolume map) {
    Size size = map.geometry().size();
    // Slabs, so that all cores read.
    int slabs = Math.min(size.z(), 16);
    List<TreeMap<Integer, int[]>> parts = IntStream.range(0, slabs).parallel()
        .mapToObj(s -> scan(map.data(), size, (int) ((long) size.z() * s / slabs),
            (int) ((long) size.z() * (s + 1) / slabs)))
        .toList();
    TreeMap<Integer, int[]> all = new TreeMap<>();
    parts.forEach(part -> part.forEach((label, box) -> all.merge(label, box, LabelBoxes::union)));
    return new LabelBoxes(all);
  }

  /** Box of each label above zero: low x, y, z, then high x, y, z. */
  private static TreeMap<Integer, int[]> scan(short[] data, Size size, int fromZ, int toZ) {
    int[][] box = new int[Short.MAX_VALUE + 1][];
    List<Integer> found = new ArrayList<>();
    for (int z = fromZ; z < toZ; z++) {
      for (int y = 0; y < size.y(); y++) {
        int offset = size.index(0, y, z);
        for (int x = 0; x < size.x();) {
          int label = data[offset + x];
          int start = x;
          x = endOfRun(data, offset + x, offset + size.x()) - offset;
          if (label <= 0) {
            continue;
          }
          if (box[label] == null) {
            box[label] = new int[]{start, y, z, x - 1, y, z};
            found.add(label);
          }
          int[] b = box[label];
          b[0] = Math.min(b[0], start);
          b[1] = Math.min(b[1], y);
          b[3] = Math.max(b[3], x - 1);
          b[4] = Math.max(b[4], y);
          b[5] = z;
        }
      }
    }
    TreeMap<Integer, int[]> result = new TreeMap<>();
    found.forEach(label -> result.put(label, box[label]));
    return result;
  }

  /** The index after the last of equal values; the JDK compares many at once. */
  static int endOfRun(short[] data, int from, int end) {
    int alike = Arrays.mismatch(data, from, end - 1, data, from + 1, end);
    return alike < 0 ? end : from + alike + 1;
  }

  private static int[] union(int[] a, int[] b) {
    return new int[]{Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.min(a[2], b[2]),
      Math.max(a[3], b[3]), Math.max(a[4], b[4]), Math.max(a[5], b[5])};
  }

  /** The labels above zero. */
  TreeSet<Integer> labels() {
    return new TreeSet<>(boxes.keySet());
  }

  /** The smallest box that holds all voxels of some labels; empty if there are none. */
  Optional<Region> box(Collection<Integer> labels) {
    return labels.stream().filter(boxes::containsKey).map(boxes::get).reduce(LabelBoxes::union)
        .map(b -> Region.between(b[0], b[1], b[2], b[3] + 1, b[4] + 1, b[5] + 1));
  }

  /** The smallest box that holds both. */
  static Optional<Region> union(Optional<Region> a, Optional<Region> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.or(() -> b);
    }
    Region p = a.get();
    Region q = b.get();
    return Optional.of(Region.between(Math.min(p.startX(), q.startX()),
        Math.min(p.startY(), q.startY()), Math.min(p.startZ(), q.startZ()),
        Math.max(p.startX() + p.size().x(), q.startX() + q.size().x()),
        Math.max(p.startY() + p.size().y(), q.startY() + q.size().y()),
        Math.max(p.startZ() + p.size().z(), q.startZ() + q.size().z())));
  }
}
