package io.fiducia.promptable.everything;

import io.fiducia.promptable.slice.PixelBox;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Non-maximum suppression: of masks whose boxes overlap, the one with the highest score stays. Computed in float as
 * torchvision's {@code nms} does: a box is as wide as the difference of its columns. Boxes without area overlap nothing;
 * other than there, two of them that are equal count as overlapping.
 */
final class BoxSuppression {
  private BoxSuppression() {}

  /**
   * The masks that stay, the highest score first; masks with equal scores keep their order.
   *
   * @param most the IoU of two boxes above which the later one is dropped
   */
  static List<EverythingMask> keep(List<EverythingMask> masks,
      ToDoubleFunction<EverythingMask> score, double most) {
    double[] scores = masks.stream().mapToDouble(score).toArray();
    List<EverythingMask> kept = new ArrayList<>();
    IntStream.range(0, scores.length).boxed()
        .sorted(Comparator.comparingDouble(i -> -scores[i]))
        .map(masks::get)
        .forEach(mask -> {
          if (kept.stream().noneMatch(better -> iou(better.box(), mask.box()) > most)) {
            kept.add(mask);
          }
        });
    return kept;
  }

  private static float iou(PixelBox a, PixelBox b) {
    if (a.equals(b)) {
      return 1;
    }
    float common = Math.max(0, (float) (Math.min(a.x1(), b.x1()) - Math.max(a.x0(), b.x0())))
        * Math.max(0, (float) (Math.min(a.y1(), b.y1()) - Math.max(a.y0(), b.y0())));
    return common / (area(a) + area(b) - common);
  }

  private static float area(PixelBox box) {
    return (float) (box.x1() - box.x0()) * (float) (box.y1() - box.y0());
  }
}
