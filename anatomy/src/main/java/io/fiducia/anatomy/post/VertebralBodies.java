package io.fiducia.anatomy.post;

import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.morphology.Components;
import io.fiducia.morphology.Connectivity;
import io.fiducia.volume.LabelBoxes;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * TotalSegmentator's treatment of the task {@code vertebrae_pp}, whose network finds vertebral bodies
 * that were shrunk for training, so that they never touch each other.
 */
public final class VertebralBodies {
  /** What the training labels were shrunk by, in mm. */
  public static final double SHRUNK_MM = 3;
  /** By how much the bodies are grown before they are cut to the mask of all bodies, in mm. */
  public static final double REFINE_MM = 2;
  private static final double SMALLEST_MM3 = 100;

  private VertebralBodies() {}

  /**
   * Separates bodies whose labels ran into each other, and grows every body by what it was shrunk by.
   *
   * <p>Where different labels touch, the connected components of all labels are numbered anew: from
   * below upwards, beginning with the lowest vertebra found, or from above downwards if there is a C1
   * and no L5. Components below 100 mm3 and those for which no vertebra is left disappear.
   *
   * @param labels in canonical orientation (x to the right, y to anterior, z to superior); changed
   * @param classes the task's names by label, from {@code vertebrae_C1} to {@code vertebrae_L5}
   */
  public static void separate(LabelVolume labels, Map<Integer, String> classes) {
    if (touching(labels)) {
      renumber(labels, classes);
    }
    grow(labels, classes, SHRUNK_MM);
  }

  /**
   * Grows every body by 2 mm and keeps what lies in the mask of all bodies.
   *
   * @param labels after {@link #separate}, in the image's own orientation; changed
   * @param bodies labels of the same grid, from the task {@code vertebrae_body}: 1 is a body
   */
  public static void refine(LabelVolume labels, LabelVolume bodies,
      Map<Integer, String> classes) {
    if (!labels.geometry().size().equals(bodies.geometry().size())) {
      throw new IllegalArgumentException("grids of " + labels.geometry().size() + " and "
          + bodies.geometry().size() + " voxels");
    }
    grow(labels, classes, REFINE_MM);
    LabelBoxes.of(labels).foreground().ifPresent(box -> LabelCleanup.erase(labels,
        BoxMask.of(bodies, box, v -> v != 1)));
  }

  /** Whether two voxels that share a face carry different labels above 0. */
  private static boolean touching(LabelVolume labels) {
    Optional<Region> found = LabelBoxes.of(labels).foreground();
    if (found.isEmpty()) {
      return false;
    }
    Region box = found.get();
    Size grid = labels.geometry().size();
    short[] data = labels.data();
    int plane = grid.x() * grid.y();
    int endX = box.startX() + box.size().x();
    int endY = box.startY() + box.size().y();
    int endZ = box.startZ() + box.size().z();
    for (int k = box.startZ(); k < endZ; k++) {
      for (int j = box.startY(); j < endY; j++) {
        for (int i = box.startX(); i < endX; i++) {
          int at = grid.index(i, j, k);
          int v = data[at];
          if (v > 0 && (i + 1 < endX && differs(v, data[at + 1])
              || j + 1 < endY && differs(v, data[at + grid.x()])
              || k + 1 < endZ && differs(v, data[at + plane]))) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean differs(int label, int neighbour) {
    return neighbour > 0 && neighbour != label;
  }

  /** A component and the mean of its voxels' z, in voxels. */
  private record Body(int component, double z) {}

  private static void renumber(LabelVolume labels, Map<Integer, String> classes) {
    Region box = LabelBoxes.of(labels).foreground().orElseThrow();
    BoxMask all = BoxMask.of(labels, box, v -> v > 0);
    Components components = Components.of(all.mask(), all.shape(), Connectivity.FACES);
    int[] numbers = components.labels();
    double voxelMm3 = LabelCleanup.voxelVolume(labels.geometry().spacingMm());
    long[] sumZ = new long[components.count() + 1];
    TreeSet<Integer> present = new TreeSet<>();
    List<Body> bodies = new ArrayList<>();
    Size size = box.size();
    short[] data = labels.data();
    for (int k = 0; k < size.z(); k++) {
      for (int j = 0; j < size.y(); j++) {
        for (int i = 0; i < size.x(); i++) {
          int c = numbers[size.index(i, j, k)];
          sumZ[c] += k;
          if (c > 0 && components.size(c) * voxelMm3 >= SMALLEST_MM3) {
            int label = data[all.grid().index(box.startX() + i, box.startY() + j,
                box.startZ() + k)];
            if (classes.containsKey(label)) {
              present.add(label);
            }
          }
        }
      }
    }
    for (int c : inNumpysOrder(numbers, size, components.count())) {
      if (components.size(c) * voxelMm3 >= SMALLEST_MM3) {
        bodies.add(new Body(c, (double) sumZ[c] / components.size(c)));
      }
    }
    short[] newLabels = new short[components.count() + 1];
    if (!present.isEmpty()) {
      assign(bodies, present, classes, newLabels);
    }
    all.forEach((inBox, inGrid) -> data[inGrid] = newLabels[numbers[inBox]]);
  }

  private static void assign(List<Body> bodies, TreeSet<Integer> present,
      Map<Integer, String> classes, short[] newLabels) {
    int c1 = label(classes, "vertebrae_C1");
    boolean downwards = !present.contains(label(classes, "vertebrae_L5")) && present.contains(c1);
    TreeSet<Integer> all = new TreeSet<>(classes.keySet());
    int next = downwards ? c1 : present.last();
    int step = downwards ? 1 : -1;
    int end = downwards ? all.last() + 1 : all.first() - 1;
    Comparator<Body> byHeight = Comparator.comparingDouble(Body::z);
    // Sorting is stable, as Python's is in both directions.
    bodies.sort(downwards ? byHeight.reversed() : byHeight);
    for (Body body : bodies) {
      if (next == end) {
        return;
      }
      newLabels[body.component()] = (short) next;
      next += step;
    }
  }

  /** The components in the order of their first voxels where z runs fastest, as in numpy. */
  private static List<Integer> inNumpysOrder(int[] numbers, Size size, int count) {
    boolean[] seen = new boolean[count + 1];
    seen[0] = true;
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < size.x(); i++) {
      for (int j = 0; j < size.y(); j++) {
        for (int k = 0; k < size.z(); k++) {
          int c = numbers[size.index(i, j, k)];
          if (!seen[c]) {
            seen[c] = true;
            order.add(c);
          }
        }
      }
    }
    return order;
  }

  private static int label(Map<Integer, String> classes, String name) {
    return classes.entrySet().stream().filter(e -> e.getValue().equals(name))
        .map(Map.Entry::getKey).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no class " + name));
  }

  /** Grows each label by an ellipsoid into the background; where two meet, the smaller label wins. */
  private static void grow(LabelVolume labels, Map<Integer, String> classes, double radiusMm) {
    Ellipsoid ellipsoid = Ellipsoid.of(labels.geometry().spacingMm(), radiusMm);
    LabelBoxes boxes = LabelBoxes.of(labels);
    Size grid = labels.geometry().size();
    Vec3 spacing = labels.geometry().spacingMm();
    // Each label grows from where it was, into what the labels before it left free.
    List<BoxMask> grown = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    for (int label : new TreeSet<>(classes.keySet())) {
      boxes.box(label).ifPresent(box -> {
        Region reach = box.grown(reach(radiusMm, spacing.x()), reach(radiusMm, spacing.y()),
            reach(radiusMm, spacing.z())).clippedTo(grid);
        BoxMask own = BoxMask.of(labels, reach, v -> v == label);
        grown.add(own.with(ellipsoid.dilate(own)));
        order.add(label);
      });
    }
    short[] data = labels.data();
    for (int n = 0; n < order.size(); n++) {
      boolean[] mask = grown.get(n).mask();
      short label = order.get(n).shortValue();
      grown.get(n).forEach((inBox, inGrid) -> {
        if (mask[inBox] && data[inGrid] == 0) {
          data[inGrid] = label;
        }
      });
    }
  }

  /** How far upstream's box around a label is grown; the ellipsoid may be cut off by it. */
  private static int reach(double radiusMm, double spacingMm) {
    return (int) Math.ceil((float) radiusMm / (float) spacingMm);
  }
}
