package io.fiducia.promptable.everything;

import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SliceAnswer;
import io.fiducia.promptable.slice.SlicePrompts;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Drops masks of one picture, and counts why. */
final class MaskFilter {
  private final EverythingSettings.Filters filters;
  private final int width;
  private final int height;
  private final double high;
  private final double low;
  private int candidates;
  private int belowIou;
  private int empty;
  private int belowStability;
  private int cutByCrop;
  private int duplicates;
  private double bestIou = Double.NEGATIVE_INFINITY;
  private double bestStability = Double.NEGATIVE_INFINITY;

  /** Nothing is counted yet. @param width of the picture @param height of the picture */
  MaskFilter(EverythingSettings.Filters filters, int width, int height) {
    this.filters = filters;
    this.width = width;
    this.height = height;
    high = 1 / (1 + Math.exp(-filters.stabilityOffset()));
    low = 1 / (1 + Math.exp(filters.stabilityOffset()));
  }

  /** Whether a mask's predicted IoU suffices; counts the mask. */
  boolean hasPredictedIou(double iou) {
    candidates++;
    bestIou = Math.max(bestIou, iou);
    boolean enough = filters.predictedIou() <= 0 || iou > filters.predictedIou();
    belowIou += enough ? 0 : 1;
    return enough;
  }

  /** The answers of a crop's points that pass, as masks of the whole picture. */
  List<EverythingMask> passing(PictureCrop crop, List<SlicePrompts> prompts,
      List<List<SliceAnswer>> answers) {
    List<EverythingMask> out = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      for (SliceAnswer answer : answers.get(i)) {
        add(out, crop, prompts.get(i).points().getFirst(), answer);
      }
    }
    return out;
  }

  private void add(List<EverythingMask> out, PictureCrop crop, SlicePrompts.Point point,
      SliceAnswer answer) {
    int certain = 0;
    int possible = 0;
    BitSet pixels = new BitSet(width * height);
    float[] p = answer.probabilities();
    for (int i = 0; i < p.length; i++) {
      if (p[i] > low) {
        possible++;
        certain += p[i] > high ? 1 : 0;
        if (p[i] > 0.5f) {
          pixels.set((crop.y0() + i / crop.width()) * width + crop.x0() + i % crop.width());
        }
      }
    }
    if (pixels.isEmpty()) {
      empty++;
      return;
    }
    float stability = (float) certain / possible;
    bestStability = Math.max(bestStability, stability);
    if (filters.stability() > 0 && !(stability >= filters.stability())) {
      belowStability++;
      return;
    }
    PixelBox box = box(pixels, width);
    if (crop.cuts(box, width, height)) {
      cutByCrop++;
      return;
    }
    out.add(new EverythingMask(pixels, pixels.cardinality(), box, answer.predictedIou(),
        stability, crop.x0() + point.x(), crop.y0() + point.y(), crop));
  }

  /** The box around pixels, of which there is at least one. */
  static PixelBox box(BitSet pixels, int width) {
    int x0 = width;
    int x1 = -1;
    for (int i = pixels.nextSetBit(0); i >= 0; i = pixels.nextSetBit(i + 1)) {
      x0 = Math.min(x0, i % width);
      x1 = Math.max(x1, i % width);
    }
    return new PixelBox(x0, pixels.nextSetBit(0) / width, x1, (pixels.length() - 1) / width);
  }

  /** Masks whose boxes differ, the highest score first; counts the others. */
  List<EverythingMask> distinct(List<EverythingMask> masks,
      ToDoubleFunction<EverythingMask> score, double most) {
    List<EverythingMask> kept = BoxSuppression.keep(masks, score, most);
    duplicates += masks.size() - kept.size();
    return kept;
  }

  /** What was counted. */
  EverythingFound.Counts counts() {
    return new EverythingFound.Counts(candidates, belowIou, empty, belowStability, cutByCrop,
        duplicates, bestIou,
        bestStability >= 0 ? OptionalDouble.of(bestStability) : OptionalDouble.empty());
  }
}
