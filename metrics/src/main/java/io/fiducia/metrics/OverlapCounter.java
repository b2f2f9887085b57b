package io.fiducia.metrics;

import io.fiducia.volume.LabelVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Counts the overlap of all structures in one pass over both label maps. */
public final class OverlapCounter {
  private OverlapCounter() {}

  /**
   * The overlap of each structure, in the order given.
   *
   * @param ignoreLabel reference voxels of this label are left out of every count, as nnU-Net does
   * @throws IllegalArgumentException if the maps differ in size
   */
  public static List<Overlap> count(LabelVolume reference, LabelVolume prediction,
      List<Structure> structures, OptionalInt ignoreLabel) {
    short[] ref = reference.data();
    short[] pred = prediction.data();
    if (ref.length != pred.length) {
      throw new IllegalArgumentException("reference of " + reference.geometry().size()
          + " voxels, prediction of " + prediction.geometry().size());
    }
    // A joint histogram makes the cost independent of the number of structures.
    int values = 1 + Math.max(largest(ref), largest(pred));
    long[] joint = values <= 1024 ? new long[values * values] : new long[0];
    List<Overlap> result = new ArrayList<>(structures.size());
    if (joint.length > 0) {
      for (int i = 0; i < ref.length; i++) {
        joint[Math.max(ref[i], 0) * values + Math.max(pred[i], 0)]++;
      }
      for (Structure s : structures) {
        result.add(fromJoint(joint, values, s, ignoreLabel));
      }
    } else {
      for (Structure s : structures) {
        result.add(direct(ref, pred, values, s, ignoreLabel));
      }
    }
    return result;
  }

  private static Overlap fromJoint(long[] joint, int values, Structure s, OptionalInt ignore) {
    boolean[] member = members(s, values);
    long tp = 0;
    long fp = 0;
    long fn = 0;
    long tn = 0;
    for (int r = 0; r < values; r++) {
      if (ignore.isPresent() && ignore.getAsInt() == r) {
        continue;
      }
      for (int p = 0; p < values; p++) {
        long n = joint[r * values + p];
        if (member[r]) {
          tp += member[p] ? n : 0;
          fn += member[p] ? 0 : n;
        } else {
          fp += member[p] ? n : 0;
          tn += member[p] ? 0 : n;
        }
      }
    }
    return new Overlap(tp, fp, fn, tn);
  }

  private static Overlap direct(short[] ref, short[] pred, int values, Structure s,
      OptionalInt ignore) {
    boolean[] member = members(s, values);
    long[] n = new long[4];
    for (int i = 0; i < ref.length; i++) {
      int r = Math.max(ref[i], 0);
      if (ignore.isPresent() && ignore.getAsInt() == r) {
        continue;
      }
      n[(member[r] ? 2 : 0) + (member[Math.max(pred[i], 0)] ? 1 : 0)]++;
    }
    return new Overlap(n[3], n[1], n[2], n[0]);
  }

  private static boolean[] members(Structure s, int values) {
    boolean[] member = new boolean[values];
    for (int label : s.labels()) {
      if (label >= 0 && label < values) {
        member[label] = true;
      }
    }
    return member;
  }

  private static int largest(short[] data) {
    int max = 0;
    for (short v : data) {
      max = Math.max(max, v);
    }
    return max;
  }
}
