package io.fiducia.promptable.slice;

import io.fiducia.base.FiduciaException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a person, or a program in a person's place, says about one object of a picture.
 *
 * @param points in the order in which they were set
 * @param boxes none or one for models of the SAM family
 * @param maskLogits what an earlier answer gave as {@link SliceAnswer#lowResolution}, or what {@link
 *     SliceModel#maskPrompt} makes of a mask
 * @param multimask whether several masks are wanted, from which a person or the predicted quality chooses:
 *     useful for a single click, which can mean an organ or a part of it
 */
public record SlicePrompts(List<Point> points, List<PixelBox> boxes, Optional<float[]> maskLogits,
    boolean multimask) {
  /**
   * A point; whole coordinates are centres of pixels, counted from 0.
   *
   * @param x column
   * @param y row
   * @param positive whether it lies on the object; otherwise beside it
   */
  public record Point(double x, double y, boolean positive) {}

  public SlicePrompts {
    points = List.copyOf(points);
    boxes = List.copyOf(boxes);
  }

  /** A box alone, one mask. */
  public static SlicePrompts box(PixelBox box) {
    return new SlicePrompts(List.of(), List.of(box), Optional.empty(), false);
  }

  /** Points alone, one mask. */
  public static SlicePrompts points(List<Point> points) {
    return new SlicePrompts(points, List.of(), Optional.empty(), false);
  }

  /** The same prompts with an earlier answer to improve. */
  public SlicePrompts withMaskLogits(float[] logits) {
    return new SlicePrompts(points, boxes, Optional.of(logits), multimask);
  }

  /** The same prompts with one mask asked for, or several. */
  public SlicePrompts withMultimask(boolean several) {
    return new SlicePrompts(points, boxes, maskLogits, several);
  }

  /** Whether nothing is said at all. */
  public boolean isEmpty() {
    return points.isEmpty() && boxes.isEmpty() && maskLogits.isEmpty();
  }

  /**
   * Checks these prompts for a picture of a size.
   *
   * @throws FiduciaException BAD_INPUT if there is none, if one lies outside of the picture, if a box has no
   *     area or its corners are swapped, if a pixel is both on and beside the object, or if mask logits
   *     are not numbers
   */
  public void check(int width, int height) {
    if (isEmpty()) {
      throw refuse("there is no prompt", "prompts", "expected a point, a box or a mask, found none",
          "mark the object");
    }
    for (int i = 0; i < boxes.size(); i++) {
      check(boxes.get(i), "box " + (i + 1), width, height);
    }
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < points.size(); i++) {
      Point p = points.get(i);
      String where = "point " + (i + 1);
      if (!inside(p.x, width) || !inside(p.y, height)) {
        throw outside("a point lies outside of the picture", where,
            number(p.x) + ", " + number(p.y), width, height);
      }
      Integer before = seen.putIfAbsent(Math.rint(p.x) + "," + Math.rint(p.y), i);
      if (before != null && points.get(before).positive != p.positive) {
        throw refuse("two points contradict each other", where,
            "pixel " + number(p.x) + ", " + number(p.y) + " is " + (p.positive ? "on" : "beside")
                + " the object here, and " + (p.positive ? "beside" : "on") + " it in point "
                + (before + 1),
            "leave one of them out");
      }
    }
    for (float v : maskLogits.orElse(new float[0])) {
      if (!Float.isFinite(v)) {
        throw refuse("a mask prompt has values that are not numbers", "mask logits",
            "expected finite logits, found " + v, "give the logits of an earlier answer");
      }
    }
  }

  private static void check(PixelBox b, String where, int width, int height) {
    String found = number(b.x0()) + ", " + number(b.y0()) + " to " + number(b.x1()) + ", "
        + number(b.y1());
    if (!inside(b.x0(), width) || !inside(b.x1(), width) || !inside(b.y0(), height)
        || !inside(b.y1(), height)) {
      throw outside("a box reaches out of the picture", where, found, width, height);
    }
    if (b.x1() <= b.x0() || b.y1() <= b.y0()) {
      throw refuse(b.x1() < b.x0() || b.y1() < b.y0()
          ? "a box has its corners swapped"
          : "a box has no area", where,
          "expected a first corner above and left of the second, found " + found,
          "draw the box around the whole object");
    }
  }

  private static boolean inside(double at, int size) {
    return at >= -0.5 && at <= size - 0.5;
  }

  private static FiduciaException outside(String what, String where, String found, int width,
      int height) {
    return refuse(what, where, "expected columns 0 to " + (width - 1) + " and rows 0 to "
        + (height - 1) + ", found " + found, "give pixel indices, counted from 0");
  }

  private static FiduciaException refuse(String what, String where, String why, String advice) {
    return FiduciaException.badInput(what, where, why, advice);
  }

  private static String number(double v) {
    return v == Math.rint(v)
        ? String.format(Locale.ROOT, "%.0f", v)
        : String.format(Locale.ROOT, "%.2f", v);
  }
}
