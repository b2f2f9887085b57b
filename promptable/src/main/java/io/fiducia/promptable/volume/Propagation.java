package io.fiducia.promptable.volume;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.morphology.Components;
import io.fiducia.morphology.Connectivity;
import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SliceAnswer;
import io.fiducia.promptable.slice.SlicePrompts;
import io.fiducia.promptable.volume.PropagatedVolume.Origin;
import io.fiducia.promptable.volume.PropagatedVolume.SliceNote;
import io.fiducia.promptable.volume.PropagatedVolume.Stop;
import io.fiducia.promptable.volume.PropagatedVolume.StopReason;
import io.fiducia.volume.FloatVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Follows a structure from the slices that a person prompted through the others, in both directions: each
 * slice is prompted by the mask of its neighbour. Between two prompted slices both walks meet; their mean,
 * weighted by the nearness of the prompted slices, is the result, and their agreement says how sure it is.
 */
public final class Propagation {
  private static final String TASK = "Propagate";

  private final EncodedStack encoded;
  private final PlaneStack stack;
  private final PropagationSettings settings;
  private final Progress progress;
  private final Cancellation cancellation;

  /** A propagation through a stack. */
  public Propagation(EncodedStack encoded, PropagationSettings settings, Progress progress,
      Cancellation cancellation) {
    this.encoded = encoded;
    this.stack = encoded.stack();
    this.settings = settings;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /**
   * The structure in the volume.
   *
   * @param prompted probabilities of the pixels of the pictures that a person prompted or contoured, by
   *     slice; a slice without any above one half says that the structure is not there
   * @throws FiduciaException BAD_INPUT if nothing is prompted, if a slice lies outside of the image or of the
   *     given range, or if every prompted slice is empty; CANCELLED on request; what the model throws
   */
  public PropagatedVolume run(SortedMap<Integer, float[]> prompted) {
    int first = settings.range().map(PropagationSettings.SliceRange::first).orElse(0);
    int last = settings.range().map(r -> Math.min(r.last(), stack.axes().slices() - 1))
        .orElse(stack.axes().slices() - 1);
    check(prompted, first, last);
    progress.started(TASK, last - first + 1, "slices");
    try {
      return new Run(prompted, first, last).result();
    } finally {
      progress.finished(TASK);
    }
  }

  private void check(SortedMap<Integer, float[]> prompted, int first, int last) {
    if (prompted.isEmpty()) {
      throw FiduciaException.badInput("no slice is prompted", "volume",
          "expected a prompt in one slice at least", "prompt the structure in a slice");
    }
    for (int k : prompted.keySet()) {
      if (k < first || k > last) {
        throw FiduciaException.badInput("a prompted slice lies outside of the range", "slice " + k,
            "expected slices " + first + " to " + last, "prompt within the range, or widen it");
      }
    }
    if (prompted.values().stream().allMatch(p -> SliceMask.area(SliceMask.of(p)) == 0)) {
      throw FiduciaException.badInput("nothing was found in the prompted slices",
          "slices " + prompted.keySet(), "every mask is empty", "correct the prompts");
    }
  }

  /** One propagation. */
  private final class Run {
    private final SortedMap<Integer, float[]> prompted;
    private final int first;
    private final int last;
    /** The largest area of a prompted slice. */
    private final int area;
    private final List<Stop> stops = new ArrayList<>();
    private final SortedMap<Integer, SliceNote> notes = new TreeMap<>();
    private final float[] volume = new float[stack.grid().size().voxels()];
    private int done;

    Run(SortedMap<Integer, float[]> prompted, int first, int last) {
      this.prompted = prompted;
      this.first = first;
      this.last = last;
      this.area = prompted.values().stream().mapToInt(p -> SliceMask.area(SliceMask.of(p))).max()
          .orElseThrow();
    }

    PropagatedVolume result() {
      SortedMap<Integer, boolean[]> interpolated = interpolate();
      prompted.forEach((k, p) -> put(k, p, SliceNote.prompted(k)));
      walk(prompted.firstKey(), -1, first - 1).forEach(this::put);
      Integer before = null;
      for (int k : prompted.keySet()) {
        if (before != null) {
          between(before, k, interpolated);
        }
        before = k;
      }
      walk(prompted.lastKey(), 1, last + 1).forEach(this::put);
      if (settings.connectedOnly()) {
        keepConnected();
      }
      boolean[] baseline = new boolean[volume.length];
      interpolated.forEach((k, mask) -> stack.axes().mark(baseline, k, mask));
      return new PropagatedVolume(new FloatVolume(stack.grid(), volume), baseline,
          List.copyOf(notes.values()), stops);
    }

    private SortedMap<Integer, boolean[]> interpolate() {
      SortedMap<Integer, boolean[]> masks = new TreeMap<>();
      prompted.forEach((k, p) -> masks.put(k, SliceMask.of(stack.toVoxels(p))));
      ShapeInterpolation shapes = new ShapeInterpolation(stack.axes().columns(),
          stack.axes().columnMm(), stack.axes().rowMm());
      return settings.range().isPresent()
          ? shapes.within(masks, first, last)
          : shapes.between(masks);
    }

    private void put(int k, float[] pixels, SliceNote note) {
      stack.put(volume, k, stack.toVoxels(pixels));
      notes.put(k, note);
    }

    /** Takes the only answer to a slice. */
    private void put(int k, SliceAnswer answer) {
      put(k, answer.probabilities(), new SliceNote(k, Origin.PROPAGATED, OptionalDouble.empty(),
          OptionalDouble.of(answer.predictedIou())));
    }

    /** The answers from a prompted slice on, up to the slice before {@code end}. */
    private SortedMap<Integer, SliceAnswer> walk(int from, int step, int end) {
      SortedMap<Integer, SliceAnswer> found = new TreeMap<>();
      boolean[] previous = SliceMask.of(prompted.get(from));
      if (SliceMask.area(previous) == 0) {
        return found;
      }
      for (int k = from + step; k != end; k += step) {
        cancellation.check("following a structure through the slices");
        if (stack.isBlank(k)) {
          stops.add(new Stop(from, step, k, StopReason.BLANK));
          return found;
        }
        SliceAnswer answer = encoded.answer(k, prompts(previous)).getFirst();
        progress.advanced(TASK, Math.min(++done, last - first + 1), "slice " + k);
        boolean[] mask = SliceMask.of(answer.probabilities());
        Optional<StopReason> over = over(previous, mask);
        if (over.isPresent()) {
          stops.add(new Stop(from, step, k, over.get()));
          return found;
        }
        found.put(k, answer);
        previous = mask;
      }
      if (end < first || end > last) {
        stops.add(new Stop(from, step, end, StopReason.END));
      }
      return found;
    }

    private Optional<StopReason> over(boolean[] previous, boolean[] mask) {
      int found = SliceMask.area(mask);
      if (found == 0) {
        return Optional.of(StopReason.EMPTY);
      }
      if (found < settings.stop().leastArea() * area) {
        return Optional.of(StopReason.SMALL);
      }
      if (found > settings.stop().mostArea() * area) {
        return Optional.of(StopReason.LARGE);
      }
      return SliceMask.iou(previous, mask) < settings.stop().leastIou()
          ? Optional.of(StopReason.CHANGED)
          : Optional.empty();
    }

    /** The slices between two prompted ones, from both sides. */
    private void between(int a, int b, SortedMap<Integer, boolean[]> interpolated) {
      SortedMap<Integer, SliceAnswer> up = walk(a, 1, b);
      SortedMap<Integer, SliceAnswer> down = walk(b, -1, a);
      boolean bothSides = isFilled(a) && isFilled(b);
      for (int k = a + 1; k < b; k++) {
        SliceAnswer fromA = up.get(k);
        SliceAnswer fromB = down.get(k);
        if (fromA != null && fromB != null) {
          join(k, fromA, fromB, (double) (k - a) / (b - a));
        } else if (fromA != null || fromB != null) {
          SliceAnswer only = fromA != null ? fromA : fromB;
          put(k, only.probabilities(), new SliceNote(k, Origin.PROPAGATED,
              bothSides ? OptionalDouble.of(0) : OptionalDouble.empty(),
              OptionalDouble.of(only.predictedIou())));
        } else if (bothSides) {
          // The structure does not end between two slices that show it.
          stack.put(volume, k, SliceMask.certain(interpolated.get(k)));
          notes.put(k, new SliceNote(k, Origin.INTERPOLATED, OptionalDouble.of(0),
              OptionalDouble.empty()));
        }
      }
    }

    private void join(int k, SliceAnswer a, SliceAnswer b, double shareOfB) {
      double agreement = SliceMask.dice(SliceMask.of(a.probabilities()),
          SliceMask.of(b.probabilities()));
      put(k, mean(a.probabilities(), b.probabilities(), shareOfB),
          new SliceNote(k, Origin.PROPAGATED, OptionalDouble.of(agreement), OptionalDouble
              .of((1 - shareOfB) * a.predictedIou() + shareOfB * b.predictedIou())));
    }

    private boolean isFilled(int slice) {
      return SliceMask.area(SliceMask.of(prompted.get(slice))) > 0;
    }

    /** Removes the parts that no prompted slice's mask belongs to: nobody has seen them. */
    private void keepConnected() {
      int[] shape = {stack.grid().size().z(), stack.grid().size().y(), stack.grid().size().x()};
      Components parts = Components.of(SliceMask.of(volume), shape, Connectivity.CORNERS);
      int[] part = parts.labels();
      boolean[] prompting = new boolean[parts.count() + 1];
      for (int k : prompted.keySet()) {
        for (int i = 0; i < stack.axes().columns() * stack.axes().rows(); i++) {
          prompting[part[stack.axes().voxel(k, i)]] = true;
        }
      }
      for (int i = 0; i < part.length; i++) {
        if (part[i] > 0 && !prompting[part[i]]) {
          volume[i] = 0;
        }
      }
    }
  }

  private static float[] mean(float[] a, float[] b, double shareOfB) {
    float[] out = new float[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) ((1 - shareOfB) * a[i] + shareOfB * b[i]);
    }
    return out;
  }

  /** What a mask says to the neighbouring slice. */
  private SlicePrompts prompts(boolean[] previous) {
    PixelBox box = SliceMask.box(previous, stack.width()).orElseThrow();
    SlicePrompts prompts = SlicePrompts.box(stack.widened(box, settings.boxMargin()));
    return switch (settings.carry()) {
      case BOX -> prompts;
      case BOX_AND_MASK -> prompts
          .withMaskLogits(encoded.maskPrompt(SliceMask.certain(previous)));
    };
  }
}
