package io.fiducia.app.commands.sam;

import io.fiducia.geometry.SlicePlane;
import io.fiducia.promptable.segment.ObjectWarnings;
import io.fiducia.promptable.segment.SegmentedObject;
import io.fiducia.promptable.volume.PropagatedVolume;
import io.fiducia.promptable.volume.PropagatedVolume.Origin;
import io.fiducia.promptable.volume.PropagatedVolume.SliceNote;
import io.fiducia.promptable.volume.PropagatedVolume.Stop;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.promptable.volume.SliceMask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What is said of an object of a volume: a line for a person, and its part of {@code report.json}.
 *
 * @param object that was segmented
 * @param label in the label map
 * @param ranged whether the slices in which the object can lie were given, or follow from a box
 */
record SamVolumeReport(SegmentedObject object, int label, boolean ranged) {
  private double cm3(boolean[] mask) {
    var s = object.probabilities().geometry().spacingMm();
    return SliceMask.area(mask) * s.x() * s.y() * s.z() / 1000;
  }

  /** The sentence for a person. */
  String line() {
    boolean[] mask = object.mask();
    StringBuilder text = new StringBuilder(
        String.format(Locale.ROOT, "%s: %.2f cm3", object.name(), cm3(mask)));
    if (object.planes().size() == 1) {
      object.planes().forEach((plane, followed) -> text.append(range(plane, followed, mask)));
    } else {
      text.append(", the mean of three planes");
    }
    object.predictedIou().ifPresent(
        iou -> text
            .append(String.format(Locale.ROOT, "; quality that the model expects %.2f", iou)));
    object.uncertainty()
        .ifPresent(u -> text.append(String.format(Locale.ROOT, "; uncertainty %.2f", u)));
    return text.append(baseline()).toString();
  }

  private boolean oneSlice() {
    return !ranged && object.planes().size() == 1
        && object.planes().values().iterator().next().promptedSlices().size() == 1;
  }

  private String baseline() {
    return oneSlice()
        ? "; plain interpolation needs a second prompted slice"
        : String.format(Locale.ROOT, "; Dice with plain interpolation %.2f",
            object.diceOfInterpolation());
  }

  private String range(SlicePlane plane, PropagatedVolume followed, boolean[] mask) {
    List<Integer> found = occupied(plane, mask);
    List<Integer> prompted = followed.promptedSlices();
    String text = found.isEmpty()
        ? ""
        : found.size() == 1
            ? " in " + plane.word() + " slice " + found.getFirst()
            : " in " + plane.word() + " slices " + found.getFirst() + " to " + found.getLast();
    text += ", prompted in " + (prompted.size() > 4
        ? prompted.size() + " slices"
        : String.join(", ", prompted.stream().map(String::valueOf).toList()));
    for (Stop stop : followed.stops()) {
      if (stop.step() < 0 && stop.from() == prompted.getFirst()
          || stop.step() > 0 && stop.from() == prompted.getLast()) {
        text += "; " + why(stop);
      }
    }
    return text;
  }

  private List<Integer> occupied(SlicePlane plane, boolean[] mask) {
    SliceAxes axes = SliceAxes.of(object.probabilities().geometry(), plane);
    List<Integer> out = new ArrayList<>();
    for (int k = 0; k < axes.slices(); k++) {
      if (SliceMask.area(axes.cut(mask, k)) > 0) {
        out.add(k);
      }
    }
    return out;
  }

  private String why(Stop stop) {
    return switch (stop.reason()) {
      case END -> "followed to slice " + (stop.slice() - stop.step()) + ", the end of the "
          + (ranged ? "given slices" : "image");
      case BLANK -> "slice " + stop.slice() + " shows nothing";
      case EMPTY -> "nothing found in slice " + stop.slice();
      case CHANGED -> "in slice " + stop.slice() + " the contour did not fit its neighbour's";
      case SMALL -> "in slice " + stop.slice() + " only a speck was left";
      case LARGE -> "in slice " + stop.slice() + " the contour became several times too large";
    };
  }

  /** The object's part of the report. */
  Map<String, Object> document(SamVolumeOutput out) {
    boolean[] mask = object.mask();
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("name", object.name());
    one.put("label", label);
    one.put("file", out.mask(object.name()).getFileName().toString());
    one.put("window", List.of(object.request().window().low(), object.request().window().high()));
    one.put("prompts", object.request().prompts().size());
    one.put("volume_cm3", cm3(mask));
    one.put("predicted_iou", number(object.predictedIou()));
    one.put("uncertainty", number(object.uncertainty()));
    Map<String, Object> baseline = new LinkedHashMap<>();
    baseline.put("file", out.interpolation(object.name()).getFileName().toString());
    baseline.put("volume_cm3", cm3(object.interpolation()));
    baseline.put("dice", object.diceOfInterpolation());
    one.put("interpolation", baseline);
    List<Map<String, Object>> planes = new ArrayList<>();
    object.planes().forEach((plane, followed) -> planes.add(plane(plane, followed)));
    one.put("planes", planes);
    one.put("warnings", ObjectWarnings.of(object));
    return one;
  }

  private Map<String, Object> plane(SlicePlane plane, PropagatedVolume followed) {
    Map<String, Object> map = new LinkedHashMap<>();
    List<Integer> found = occupied(plane, followed.mask());
    map.put("plane", plane.word());
    map.put("prompted_slices", followed.promptedSlices());
    map.put("first_slice", found.isEmpty() ? null : found.getFirst());
    map.put("last_slice", found.isEmpty() ? null : found.getLast());
    map.put("walks", followed.stops().stream().map(this::walk).toList());
    map.put("gaps", SegmentedObject.gaps(followed).stream().map(SamVolumeReport::gap).toList());
    map.put("slices", followed.slices().stream().map(SamVolumeReport::slice).toList());
    return map;
  }

  private Map<String, Object> walk(Stop stop) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("from", stop.from());
    map.put("direction", stop.step());
    map.put("last_slice", stop.slice() - stop.step());
    map.put("reason", word(stop.reason()));
    map.put("why", why(stop));
    return map;
  }

  private static Map<String, Object> gap(SegmentedObject.Gap gap) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("from", gap.from());
    map.put("to", gap.to());
    map.put("agreement", number(gap.agreement()));
    map.put("interpolated_slices", gap.interpolated());
    return map;
  }

  private static Map<String, Object> slice(SliceNote note) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("slice", note.slice());
    map.put("origin", word(note.origin()));
    map.put("predicted_iou", number(note.predictedIou()));
    map.put("agreement", number(note.agreement()));
    return map;
  }

  /** The masks of prompted slices, in the form of a single slice's report. */
  List<Map<String, Object>> masks() {
    List<Map<String, Object>> masks = new ArrayList<>();
    object.planes().forEach((plane, followed) -> followed.slices().stream()
        .filter(n -> n.origin() == Origin.PROMPTED).forEach(n -> {
          Map<String, Object> map = new LinkedHashMap<>();
          map.put("object", object.name());
          map.put("plane", plane.word());
          map.put("slice", n.slice());
          map.put("iou", number(n.predictedIou()));
          masks.add(map);
        }));
    return masks;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static Double number(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
