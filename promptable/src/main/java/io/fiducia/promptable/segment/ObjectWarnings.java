package io.fiducia.promptable.segment;

import io.fiducia.core.prompt.Prompt;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.promptable.volume.PropagatedVolume;
import io.fiducia.promptable.volume.PropagatedVolume.Origin;
import io.fiducia.promptable.volume.PropagatedVolume.SliceNote;
import io.fiducia.promptable.volume.PropagatedVolume.Stop;
import io.fiducia.promptable.volume.PropagatedVolume.StopReason;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.promptable.volume.SliceMask;
import io.fiducia.volume.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a person should check in an object before using it, as sentences. */
public final class ObjectWarnings {
  /** Below it the model itself expects a poor mask. */
  private static final double POOR_IOU = 0.5;
  /** Above it the two walks differ more than neighbouring contours of one organ do. */
  private static final double UNSURE = 0.3;

  private final SegmentedObject object;
  private final List<String> warnings = new ArrayList<>();

  private ObjectWarnings(SegmentedObject object) {
    this.object = object;
  }

  /** The warnings; none if nothing is conspicuous, which does not mean that the contours are right. */
  public static List<String> of(SegmentedObject object) {
    ObjectWarnings all = new ObjectWarnings(object);
    object.planes().forEach(all::plane);
    object.uncertainty().ifPresent(all::uncertainty);
    return List.copyOf(all.warnings);
  }

  private void plane(SlicePlane plane, PropagatedVolume followed) {
    String where = object.planes().size() > 1 ? plane.word() + " " : "";
    SliceAxes axes = SliceAxes.of(followed.grid(), plane);
    if (object.planes().size() == 1) {
      thinBoxes(plane, axes);
    }
    boolean[] mask = followed.mask();
    for (SliceNote note : followed.slices()) {
      if (note.origin() != Origin.PROMPTED) {
        continue;
      }
      if (SliceMask.area(axes.cut(mask, note.slice())) == 0) {
        warnings.add("nothing was found in the prompted " + where + "slice " + note.slice());
      } else if (note.predictedIou().isPresent()
          && note.predictedIou().getAsDouble() < POOR_IOU) {
        warnings.add(String.format(Locale.ROOT,
            "the model expects a poor contour in %sslice %d (predicted IoU %.2f)", where,
            note.slice(), note.predictedIou().getAsDouble()));
      }
    }
    List<Integer> prompted = followed.promptedSlices();
    // Walks that end between two prompted slices show in what was interpolated there.
    followed.stops().stream()
        .filter(s -> s.from() == (s.step() < 0 ? prompted.getFirst() : prompted.getLast()))
        .forEach(stop -> stop(where, stop));
    for (SegmentedObject.Gap gap : SegmentedObject.gaps(followed)) {
      if (gap.interpolated() > 0) {
        warnings.add(gap.interpolated() + " of the " + where + "slices between " + gap.from()
            + " and " + gap.to()
            + " were interpolated, because the model lost the object there from both sides");
      }
    }
    if (followed.slices().size() == 1 && axes.slices() > 1 && !followed.stops().isEmpty()) {
      warnings.add("the object was found in the prompted " + where + "slice only");
    }
  }

  private void thinBoxes(SlicePlane plane, SliceAxes axes) {
    boolean thin = object.request().prompts().stream()
        .filter(Prompt.Box.class::isInstance).map(p -> ((Prompt.Box) p).region())
        .anyMatch((Region r) -> r.size().get(axes.column()) == 1
            || r.size().get(axes.row()) == 1);
    if (thin) {
      warnings.add("a box is one voxel thin in the " + plane.word()
          + " plane; if it was drawn in another plane, segment in that plane");
    }
  }

  private void stop(String where, Stop stop) {
    int last = stop.slice() - stop.step();
    if (stop.reason() == StopReason.CHANGED) {
      warnings.add("the contour changed too much from " + where + "slice " + last + " to "
          + stop.slice() + ": if the object goes on there, prompt it there too");
    } else if (stop.reason() == StopReason.LARGE) {
      warnings.add("in " + where + "slice " + stop.slice()
          + " the contour became several times larger than in the prompted slices: if the object"
          + " goes on there, prompt it there too");
    }
  }

  private void uncertainty(double uncertainty) {
    if (uncertainty > UNSURE) {
      warnings.add(String.format(Locale.ROOT, object.planes().size() > 1
          ? "the three planes differ (mean Dice %.2f)"
          : "the walks from neighbouring prompted slices differ (mean Dice %.2f): prompt a slice"
              + " between them",
          1 - uncertainty));
    }
  }
}
