package io.fiducia.promptable.user;

import io.fiducia.base.FiduciaException;
import io.fiducia.promptable.volume.ShapeInterpolation;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.promptable.volume.SliceMask;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A user without any model, who contours some slices exactly and has the shape interpolated between them: the
 * largest slice first, then the structure's first and last one, then again and again the middle of the widest
 * gap. What a promptable model has to beat for the same time of the user.
 */
public final class HandContours {
  /** The name in tables. */
  public static final String NAME = "contours-interpolated";

  private final boolean[] reference;
  private final SliceAxes axes;
  private final List<Integer> order;

  /**
   * A user of one structure.
   *
   * @throws FiduciaException BAD_INPUT if the structure is empty
   */
  public HandContours(boolean[] reference, SliceAxes axes, String caseId) {
    this.reference = reference;
    this.axes = axes;
    this.order = order(caseId);
  }

  private List<Integer> order(String caseId) {
    int largest = SimulatedUser.largestSlice(reference, axes, caseId);
    int first = largest;
    int last = largest;
    for (int k = 0; k < axes.slices(); k++) {
      if (SliceMask.area(axes.cut(reference, k)) > 0) {
        first = Math.min(first, k);
        last = k;
      }
    }
    TreeMap<Integer, Boolean> done = new TreeMap<>();
    List<Integer> out = new ArrayList<>();
    for (int k : new int[]{largest, first, last}) {
      if (done.put(k, true) == null) {
        out.add(k);
      }
    }
    while (out.size() <= last - first) {
      int widest = first;
      for (int k : done.headMap(last).keySet()) {
        widest = done.higherKey(k) - k > done.higherKey(widest) - widest ? k : widest;
      }
      int middle = (widest + done.higherKey(widest)) / 2;
      done.put(middle, true);
      out.add(middle);
    }
    return out;
  }

  /** How many slices can be contoured. */
  public int slices() {
    return order.size();
  }

  /** The structure when some slices are contoured; all of them if there are no more. */
  public boolean[] after(int contoured) {
    SortedMap<Integer, boolean[]> masks = new TreeMap<>();
    order.stream().limit(contoured).forEach(k -> masks.put(k, axes.cut(reference, k)));
    boolean[] out = new boolean[reference.length];
    new ShapeInterpolation(axes.columns(), axes.columnMm(), axes.rowMm()).between(masks)
        .forEach((k, mask) -> axes.mark(out, k, mask));
    return out;
  }
}
