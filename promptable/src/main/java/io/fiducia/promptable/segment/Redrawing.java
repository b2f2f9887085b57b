package io.fiducia.promptable.segment;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Segmentation.Layer;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import io.fiducia.promptable.cache.EmbeddingCache;
import io.fiducia.promptable.slice.SliceModel;
import io.fiducia.promptable.volume.EncodedStack;
import io.fiducia.promptable.volume.GreyWindow;
import io.fiducia.promptable.volume.PlaneStack;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.promptable.volume.SliceMask;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** One segmentation of one image, drawn again slice by slice. */
final class Redrawing {
  private static final String TASK = "Redraw";

  private final Tools tools;
  private final FloatVolume image;
  private final SliceAxes axes;
  private final List<Sheet> sheets = new ArrayList<>();
  private final Map<String, Change> changes = new LinkedHashMap<>();
  private final Map<String, SliceRefiner> refiners = new HashMap<>();

  /** What contours are drawn with. */
  record Tools(SliceModel model, Optional<EmbeddingCache> cache, BoxedSegmenter.Settings settings,
      BiFunction<String, FloatVolume, GreyWindow> windows, Cancellation cancellation) {}

  /** A layer before and after. */
  private record Sheet(Layer before, short[] after, StructureSet structures) {}

  /** What has become of a structure. */
  static final class Change {
    private long common;
    private long sum;
    private int parts;
    private int kept;

    private void add(boolean[] before, boolean[] after, SliceRefiner.Refined refined) {
      for (int i = 0; i < before.length; i++) {
        common += before[i] && after[i] ? 1 : 0;
        sum += (before[i] ? 1 : 0) + (after[i] ? 1 : 0);
      }
      parts += refined.parts();
      kept += refined.kept();
    }

    /** Dice of the contours before and after; 1 for a structure that is not there. */
    double dice() {
      return sum == 0 ? 1 : 2.0 * common / sum;
    }

    /** What a person should know, if anything. */
    Optional<String> warning() {
      return kept == 0
          ? Optional.empty()
          : Optional.of("in " + kept + " of " + parts + " contours the model found nothing that"
              + " fits; they stay as they were");
    }
  }

  Redrawing(Tools tools, FloatVolume image, Segmentation before) {
    this.tools = tools;
    this.image = image;
    this.axes = SliceAxes.of(image.geometry(), tools.settings().plane());
    Map<GreyWindow, SliceRefiner> byWindow = new HashMap<>();
    for (Layer layer : before.layers()) {
      List<StructureSet> apart = overlaps(layer.structures())
          ? layer.structures().stream().map(StructureSet::of).toList()
          : List.of(layer.structures());
      apart.forEach(s -> sheets.add(new Sheet(layer, new short[image.data().length], s)));
      for (Structure s : layer.structures()) {
        changes.put(s.name(), new Change());
        refiners.put(s.name(), byWindow
            .computeIfAbsent(tools.windows().apply(s.name(), image), this::refiner));
      }
    }
  }

  private SliceRefiner refiner(GreyWindow window) {
    return new SliceRefiner(
        new EncodedStack(PlaneStack.of(image, tools.settings().plane(), window), tools.model(),
            tools.cache()),
        tools.settings().margin(), tools.settings().leastIou());
  }

  private static boolean overlaps(StructureSet structures) {
    Set<Integer> seen = new HashSet<>();
    return structures.stream().flatMap(s -> s.labels().stream()).anyMatch(l -> !seen.add(l));
  }

  /** Draws all contours again. A slice is encoded once for each window, however many structures it shows. */
  void run(Progress progress) {
    progress.started(TASK, axes.slices(), "slices");
    try {
      for (int k = 0; k < axes.slices(); k++) {
        tools.cancellation().check("drawing contours again");
        for (Sheet sheet : sheets) {
          redraw(sheet, k);
        }
        progress.advanced(TASK, k + 1L, "slice " + k);
      }
    } finally {
      progress.finished(TASK);
    }
  }

  private void redraw(Sheet sheet, int slice) {
    Map<Structure, boolean[]> before = new LinkedHashMap<>();
    Map<Structure, SliceRefiner.Refined> refined = new LinkedHashMap<>();
    float[] best = new float[axes.columns() * axes.rows()];
    short[] winner = new short[best.length];
    for (Structure s : sheet.structures()) {
      boolean[] mask = cut(sheet.before().labels(), s.labels(), slice);
      if (SliceMask.area(mask) == 0) {
        continue;
      }
      SliceRefiner.Refined found = refiners.get(s.name()).refine(slice, mask);
      before.put(s, mask);
      refined.put(s, found);
      short label = s.labels().getFirst().shortValue();
      for (int i = 0; i < best.length; i++) {
        float p = found.probabilities()[i];
        if (p > 0.5f && p > best[i]) {
          best[i] = p;
          winner[i] = label;
        }
      }
    }
    for (int i = 0; i < winner.length; i++) {
      sheet.after()[axes.voxel(slice, i)] = winner[i];
    }
    before.forEach((s, mask) -> changes.get(s.name()).add(mask,
        cut(new LabelVolume(image.geometry(), sheet.after()), s.labels(), slice),
        refined.get(s)));
  }

  private boolean[] cut(LabelVolume labels, List<Integer> wanted, int slice) {
    boolean[] out = new boolean[axes.columns() * axes.rows()];
    for (int i = 0; i < out.length; i++) {
      int label = labels.data()[axes.voxel(slice, i)];
      out[i] = label > 0 && wanted.contains(label);
    }
    return out;
  }

  /** What has become of each structure, by name. */
  Map<String, Change> changes() {
    return changes;
  }

  /** The new contours: the layers as before, but one for each structure of a layer with overlaps. */
  List<Layer> layers() {
    return sheets.stream()
        .map(s -> new Layer(s.structures(), new LabelVolume(image.geometry(), s.after())))
        .toList();
  }
}
