package io.fiducia.nnunet.select;

import io.fiducia.geometry.Size;
import io.fiducia.morphology.Components;
import io.fiducia.morphology.Connectivity;
import io.fiducia.volume.LabelVolume;
import java.util.List;

/**
 * Removes all but the largest connected component of the union of some labels (26 neighbours; all of
 * those that share the largest size are kept), nnU-Net's one kind of post-processing.
 *
 * @param groups labels or regions whose union is looked at
 * @param list whether {@code groups} is a list at nnU-Net, as for the whole foreground, and not one
 *     label or region
 */
public record PostprocessingStep(List<Group> groups, boolean list) {
  /**
   * A label, or a region of several.
   *
   * @param region whether nnU-Net writes it as a tuple
   */
  public record Group(List<Integer> labels, boolean region) {
    public Group {
      labels = List.copyOf(labels);
    }

    @Override
    public String toString() {
      return region ? labels.toString() : labels.get(0).toString();
    }
  }

  public PostprocessingStep {
    groups = List.copyOf(groups);
  }

  /** A map with the smaller components set to background; the same map if nothing changes. */
  public LabelVolume apply(LabelVolume map) {
    boolean[] wanted = new boolean[1 << 15];
    groups.forEach(g -> g.labels().forEach(l -> wanted[l] = true));
    short[] data = map.data();
    boolean[] mask = new boolean[data.length];
    for (int i = 0; i < data.length; i++) {
      mask[i] = data[i] > 0 && wanted[data[i]];
    }
    Size size = map.geometry().size();
    Components components = Components.of(mask, new int[]{size.z(), size.y(), size.x()},
        Connectivity.CORNERS);
    if (components.count() < 2) {
      return map;
    }
    boolean[] keep = components.largest();
    short[] result = data.clone();
    for (int i = 0; i < result.length; i++) {
      if (mask[i] && !keep[i]) {
        result[i] = 0;
      }
    }
    return new LabelVolume(map.geometry(), result);
  }

  /** All steps, one after another. */
  public static LabelVolume applyAll(List<PostprocessingStep> steps, LabelVolume map) {
    LabelVolume result = map;
    for (PostprocessingStep step : steps) {
      result = step.apply(result);
    }
    return result;
  }
}
