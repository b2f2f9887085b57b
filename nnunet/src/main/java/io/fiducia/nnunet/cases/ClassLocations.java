package io.fiducia.nnunet.cases;

import io.fiducia.nnunet.numpy.NumpyRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the classes of a case lie: for each class a sample of its voxels, from which patches with
 * foreground are drawn.
 *
 * @param classes in the order in which they were sampled
 */
public record ClassLocations(List<Entry> classes) {
  private static final int MIN_SAMPLES = 10_000;
  private static final double MIN_COVERAGE = 0.01;
  private static final long SEED = 1234;

  /**
   * The sample of one class.
   *
   * @param labels the label, or a region's labels; with an ignore label the last class is (-1, 0, 1,
   *     ...), all voxels that are annotated
   * @param region whether the class was declared as a list of labels
   * @param zyx n times three voxel indices; empty where the class is absent
   */
  public record Entry(List<Integer> labels, boolean region, int[] zyx) {
    public Entry {
      labels = List.copyOf(labels);
    }

    public int count() {
      return zyx.length / 3;
    }
  }

  public ClassLocations {
    classes = List.copyOf(classes);
  }

  /** No classes: a case without labels. */
  public static ClassLocations none() {
    return new ClassLocations(List.of());
  }

  /**
   * Samples each class: all its voxels up to 10 000, and at least one in a hundred, without
   * replacement, from numpy's RandomState(1234), so that the result equals nnU-Net's bit by bit.
   *
   * @param classes labels (lists of one) or regions, in nnU-Net's order
   * @param regions for each class whether it is a region
   */
  public static ClassLocations sample(
      short[] seg, int[] shape, List<List<Integer>> classes, List<Boolean> regions) {
    Map<Integer, int[]> voxels = voxelsByLabel(seg, classes);
    NumpyRandom random = new NumpyRandom(SEED);
    List<Entry> entries = new ArrayList<>();
    for (int k = 0; k < classes.size(); k++) {
      List<Integer> labels = classes.get(k);
      List<int[]> present = labels.stream().map(voxels::get).filter(v -> v.length > 0).toList();
      int total = present.stream().mapToInt(v -> v.length).sum();
      int n = Math.max(Math.min(MIN_SAMPLES, total), (int) Math.ceil(total * MIN_COVERAGE));
      int[] zyx = new int[3 * n];
      if (total > 0) {
        int[] chosen = random.choiceWithoutReplacement(total, n);
        for (int i = 0; i < n; i++) {
          int offset = chosen[i];
          int part = 0;
          while (offset >= present.get(part).length) {
            offset -= present.get(part).length;
            part++;
          }
          int index = present.get(part)[offset];
          int row = index / shape[2];
          zyx[3 * i] = row / shape[1];
          zyx[3 * i + 1] = row % shape[1];
          zyx[3 * i + 2] = index % shape[2];
        }
      }
      entries.add(new Entry(labels, regions.get(k), zyx));
    }
    return new ClassLocations(entries);
  }

  /** Flat indices of each wanted label's voxels, ascending. */
  private static Map<Integer, int[]> voxelsByLabel(short[] seg, List<List<Integer>> classes) {
    int[] counts = new int[1 << 16];
    for (short label : seg) {
      counts[label & 0xFFFF]++;
    }
    Map<Integer, int[]> voxels = new LinkedHashMap<>();
    int[][] byLabel = new int[1 << 16][];
    for (List<Integer> labels : classes) {
      for (int label : labels) {
        int slot = label & 0xFFFF;
        if (byLabel[slot] == null) {
          byLabel[slot] = new int[counts[slot]];
          voxels.put(label, byLabel[slot]);
          counts[slot] = 0;
        }
      }
    }
    for (int i = 0; i < seg.length; i++) {
      int slot = seg[i] & 0xFFFF;
      if (byLabel[slot] != null) {
        byLabel[slot][counts[slot]++] = i;
      }
    }
    return voxels;
  }

  /**
   * The samples by number: a label by itself, a region by its position among the regions counted
   * from 1, and the annotated voxels of a dataset with an ignore label by -1.
   */
  public Map<Integer, int[]> byNumber() {
    Map<Integer, int[]> map = new LinkedHashMap<>();
    boolean regions = classes.stream().anyMatch(c -> c.region() && !isAnnotated(c));
    int position = 0;
    for (Entry entry : classes) {
      if (isAnnotated(entry)) {
        map.put(-1, entry.zyx());
      } else {
        position++;
        map.put(regions ? position : entry.labels().get(0), entry.zyx());
      }
    }
    return map;
  }

  private static boolean isAnnotated(Entry entry) {
    return entry.region() && entry.labels().get(0) == -1;
  }
}
