package io.fiducia.universeg.segment;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Vec3;
import io.fiducia.resample.GridSampler;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.universeg.slice.SliceView;
import io.fiducia.volume.Region;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Prompts as channels of MultiverSeg's target: boxes filled with 1; then positive, then negative clicks (one
 * pixel each) and scribbles. A later prompt of the other kind erases an earlier one on the same pixel, as
 * in the original.
 */
final class PromptChannels {
  /** Channels before the prompts (the image) and behind them (former logits) are the caller's. */
  static final int COUNT = 3;

  private PromptChannels() {}

  /** The channels of every slice that has a prompt, by slice. */
  static Map<Integer, float[]> of(List<Prompt> prompts, Geometry grid, SliceView view) {
    Map<Integer, float[]> out = new LinkedHashMap<>();
    for (Prompt prompt : prompts) {
      switch (prompt) {
        case Prompt.Click c -> mark(out, view, at(view, grid.toPhysical(c.i(), c.j(), c.k())),
            c.positive());
        case Prompt.Box b -> {
          if (!b.positive()) {
            throw refused(b);
          }
          fill(out, view, BoxMm.of(grid, b.region()));
        }
        case Prompt.Scribble s -> {
          short[] drawn = GridSampler.sampleLabels(s.drawn(), view.grid(), (short) 0).data();
          for (int i = 0; i < drawn.length; i++) {
            if (drawn[i] > 0) {
              mark(out, view, i, s.positive());
            }
          }
        }
        case Prompt.Lasso l -> throw refused(l);
        case Prompt.Initial i -> throw refused(i);
      }
    }
    return out;
  }

  private static FiduciaException refused(Prompt prompt) {
    return FiduciaException.badInput("MultiverSeg does not take this kind of prompt",
        prompt.word(), "it takes clicks, boxes around the structure, and scribbles",
        "give one of these in its place");
  }

  /** The pixel of a place, of all slices' pixels one after another; -1 outside of the view. */
  private static int at(SliceView view, Vec3 place) {
    Vec3 index = view.grid().toIndex(place);
    int x = (int) Math.rint(index.x());
    int y = (int) Math.rint(index.y());
    int k = (int) Math.rint(index.z());
    return x < 0 || y < 0 || k < 0 || x >= view.pixels() || y >= view.pixels()
        || k >= view.slices() ? -1 : (k * view.pixels() + y) * view.pixels() + x;
  }

  private static void mark(Map<Integer, float[]> out, SliceView view, int at, boolean positive) {
    if (at < 0) {
      return;
    }
    int pixels = view.pixelsPerSlice();
    float[] channels = out.computeIfAbsent(at / pixels, k -> new float[COUNT * pixels]);
    int pixel = at % pixels;
    channels[pixels + pixel] = positive ? 1 : 0;
    channels[2 * pixels + pixel] = positive ? 0 : 1;
  }

  private static void fill(Map<Integer, float[]> out, SliceView view, BoxMm box) {
    Region all = Region.whole(view.grid().size());
    Vec3 half = new Vec3(0.5, 0.5, 0.5);
    Vec3 a = view.grid().toIndex(box.low()).plus(half);
    Vec3 b = view.grid().toIndex(box.high()).plus(half);
    int pixels = view.pixelsPerSlice();
    for (int k = first(a.z(), b.z()); k < Math.min(all.size().z(), last(a.z(), b.z())); k++) {
      float[] channels = out.computeIfAbsent(k, n -> new float[COUNT * pixels]);
      for (int y = first(a.y(), b.y()); y < Math.min(all.size().y(), last(a.y(), b.y())); y++) {
        for (int x = first(a.x(), b.x()); x < Math.min(all.size().x(), last(a.x(), b.x())); x++) {
          channels[y * view.pixels() + x] = 1;
        }
      }
    }
  }

  private static int first(double a, double b) {
    return (int) Math.max(0, Math.rint(Math.min(a, b)));
  }

  private static int last(double a, double b) {
    return (int) Math.max(Math.rint(Math.max(a, b)), first(a, b) + 1);
  }
}
