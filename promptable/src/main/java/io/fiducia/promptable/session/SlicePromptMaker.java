package io.fiducia.promptable.session;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.geometry.Size;
import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SlicePrompts;
import io.fiducia.promptable.volume.PlaneStack;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Prompts in voxels of an image as prompts in pixels of its slices' pictures. */
record SlicePromptMaker(PlaneStack stack) {
  /**
   * The slices that a prompt speaks of.
   *
   * @throws FiduciaException BAD_INPUT if the prompt lies outside of the image or on another grid, draws
   *     nothing, or is of a kind that models of slices do not understand
   */
  SortedSet<Integer> slices(Prompt prompt) {
    check(prompt);
    SortedSet<Integer> out = new TreeSet<>();
    switch (prompt) {
      case Prompt.Click c -> out.add(voxel(c)[axes().normal()]);
      case Prompt.Box b -> {
        int from = SliceAxes.start(b.region(), axes().normal());
        for (int k = from; k < from + b.region().size().get(axes().normal()); k++) {
          out.add(k);
        }
      }
      case Prompt.Scribble s -> drawnSlices(s.drawn(), out);
      case Prompt.Lasso l -> drawnSlices(l.drawn(), out);
      case Prompt.Initial i -> drawnSlices(i.mask(), out);
    }
    return out;
  }

  private void check(Prompt prompt) {
    Size size = stack.grid().size();
    switch (prompt) {
      case Prompt.Click c -> inside(prompt, voxel(c), size);
      case Prompt.Box b -> {
        Region r = b.region();
        if (!b.positive()) {
          throw unknown(prompt);
        }
        inside(prompt, new int[]{r.startX(), r.startY(), r.startZ()}, size);
        inside(prompt, new int[]{r.startX() + r.size().x() - 1, r.startY() + r.size().y() - 1,
          r.startZ() + r.size().z() - 1}, size);
      }
      case Prompt.Scribble s -> drawn(prompt, s.drawn());
      case Prompt.Lasso l -> throw unknown(prompt);
      case Prompt.Initial i -> drawn(prompt, i.mask());
    }
  }

  private static FiduciaException unknown(Prompt prompt) {
    return FiduciaException.badInput("models of slices do not take this kind of prompt",
        prompt.word(), "they take clicks, boxes around the structure, scribbles and initial masks",
        "give one of these in its place");
  }

  private static void inside(Prompt prompt, int[] voxel, Size size) {
    for (int a = 0; a < 3; a++) {
      if (voxel[a] < 0 || voxel[a] >= size.get(a)) {
        throw FiduciaException.badInput("a prompt lies outside of the image", prompt.word(),
            "expected voxel indices from 0 to " + (size.x() - 1) + ", " + (size.y() - 1) + ", "
                + (size.z() - 1) + "; found " + voxel[0] + ", " + voxel[1] + ", " + voxel[2],
            "give voxel indices of the image, counted from 0");
      }
    }
  }

  private void drawn(Prompt prompt, LabelVolume drawn) {
    if (!drawn.geometry().sameGrid(stack.grid())) {
      throw FiduciaException.badInput("a drawing lies on another grid than the image",
          prompt.word(), "expected " + stack.grid() + ", found " + drawn.geometry(),
          "draw it on the image");
    }
    if (prompt.voxels().isEmpty()) {
      throw FiduciaException.badInput("a drawing is empty", prompt.word(),
          "no voxel is above 0", "draw something, or leave it out");
    }
  }

  private void drawnSlices(LabelVolume drawn, SortedSet<Integer> out) {
    for (int k = 0; k < axes().slices(); k++) {
      for (boolean in : cut(drawn, k)) {
        if (in) {
          out.add(k);
          break;
        }
      }
    }
  }

  /** A slice of a label map: where it is above 0. */
  boolean[] cut(LabelVolume labels, int slice) {
    boolean[] out = new boolean[axes().columns() * axes().rows()];
    for (int i = 0; i < out.length; i++) {
      out[i] = labels.data()[axes().voxel(slice, i)] > 0;
    }
    return out;
  }

  private SliceAxes axes() {
    return stack.axes();
  }

  private static int[] voxel(Prompt.Click c) {
    return new int[]{c.i(), c.j(), c.k()};
  }

  /** A voxel of a slice. */
  private record Voxel(int column, int row) {}

  /**
   * What some prompts say of one slice. Of several boxes the latest counts, because these models take one.
   *
   * @throws FiduciaException BAD_INPUT if a voxel is marked both as inside and as outside
   */
  SlicePrompts inSlice(List<Prompt> prompts, int slice) {
    Map<Voxel, Boolean> points = new LinkedHashMap<>();
    Optional<PixelBox> box = Optional.empty();
    for (Prompt prompt : prompts) {
      switch (prompt) {
        case Prompt.Click c -> {
          if (voxel(c)[axes().normal()] == slice) {
            add(points, slice, new Voxel(voxel(c)[axes().column()], voxel(c)[axes().row()]),
                c.positive());
          }
        }
        case Prompt.Box b -> {
          int from = SliceAxes.start(b.region(), axes().normal());
          if (slice >= from && slice < from + b.region().size().get(axes().normal())) {
            box = Optional.of(box(b.region()));
          }
        }
        case Prompt.Scribble s -> {
          for (int at : ScribblePoints.of(cut(s.drawn(), slice), axes().columns())) {
            add(points, slice, new Voxel(at % axes().columns(), at / axes().columns()),
                s.positive());
          }
        }
        case Prompt.Lasso l -> throw unknown(l);
        case Prompt.Initial i -> throw unknown(i);
      }
    }
    List<SlicePrompts.Point> out = new ArrayList<>();
    points.forEach((v, positive) -> out.add(new SlicePrompts.Point(stack.pictureX(v.column()),
        stack.pictureY(v.row()), positive)));
    return new SlicePrompts(out, box.map(List::of).orElseGet(List::of), Optional.empty(), false);
  }

  /** From voxel centre to voxel centre; where the box is one voxel thin, from edge to edge of that voxel. */
  private PixelBox box(Region r) {
    int column = SliceAxes.start(r, axes().column());
    int row = SliceAxes.start(r, axes().row());
    int across = r.size().get(axes().column());
    int down = r.size().get(axes().row());
    double halfX = across == 1 ? 0.5 : 0;
    double halfY = down == 1 ? 0.5 : 0;
    return new PixelBox(stack.pictureX(column - halfX), stack.pictureY(row - halfY),
        stack.pictureX(column + across - 1 + halfX), stack.pictureY(row + down - 1 + halfY));
  }

  private void add(Map<Voxel, Boolean> points, int slice, Voxel voxel, boolean positive) {
    Boolean before = points.putIfAbsent(voxel, positive);
    if (before != null && before != positive) {
      int[] at = axes().indices(slice, voxel.column(), voxel.row());
      throw FiduciaException.badInput("two prompts contradict each other",
          "voxel " + at[0] + ", " + at[1] + ", " + at[2],
          "it is marked as inside of the structure and as outside",
          "undo one of the two prompts");
    }
  }
}
