package io.fiducia.promptable.sam;

import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.network.SamPrompts;
import io.fiducia.promptable.sam.weights.SamFamily;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * Prompts of the compact model, drawn into the mask prompt as well: the inside of a box is likely, discs at positive
 * points are certain, everything else is unlikely. A small network learns from a drawing where an object lies;
 * from coordinates alone it needs a training thousands of times longer. An earlier answer is kept under the discs.
 */
public final class DrawnPrompts {
  private static final float LIKELY = 1;
  private static final float UNLIKELY = -8;
  private static final float UNKNOWN = -2;
  private static final float CERTAIN = 10;
  private static final float LARGEST_EARLIER = 8;
  /** Radius of a point's disc in pixels of the mask. */
  private static final double RADIUS = 1.6;

  private DrawnPrompts() {}

  /** The prompts as the network of a family sees them: with a drawing, if the family wants one. */
  public static SamPrompts seen(SamPrompts prompts, SamFamily family, SamNetwork network) {
    int side = network.shape().maskSide();
    return family.drawsPrompts()
        ? of(prompts, side, network.shape().encoder().imageSize() / side, network.device())
        : prompts;
  }

  /**
   * The prompts with a drawing as mask prompt.
   *
   * @param side pixels along each side of the network's masks
   * @param scale pixels of the network's picture along each side of a mask's pixel
   */
  static SamPrompts of(SamPrompts prompts, int side, int scale, Device device) {
    int each = side * side;
    float[] all = prompts.masks().map(Tensor::toFloats)
        .orElseGet(() -> new float[each * prompts.batch()]);
    int points = prompts.labels().length / prompts.batch();
    for (int b = 0; b < prompts.batch(); b++) {
      float[] one = Arrays.copyOfRange(all, b * each, (b + 1) * each);
      if (prompts.masks().isPresent()) {
        for (int i = 0; i < each; i++) {
          one[i] = Math.clamp(one[i], -LARGEST_EARLIER, LARGEST_EARLIER);
        }
      } else if (prompts.boxes().length > 0) {
        box(one, side, scale, Arrays.copyOfRange(prompts.boxes(), 4 * b, 4 * b + 4));
      } else {
        Arrays.fill(one, UNKNOWN);
      }
      for (int p = b * points; p < (b + 1) * points; p++) {
        disc(one, side, prompts.points()[2 * p] / scale, prompts.points()[2 * p + 1] / scale,
            prompts.labels()[p] > 0 ? CERTAIN : -CERTAIN);
      }
      System.arraycopy(one, 0, all, b * each, each);
    }
    return new SamPrompts(prompts.batch(), prompts.points(), prompts.labels(), prompts.boxes(),
        Optional.of(Tensor.of(all, device, prompts.batch(), 1, side, side)));
  }

  /** Fills a box; pixels that it covers in part lie between. */
  private static void box(float[] out, int side, int scale, float[] box) {
    for (int y = 0; y < side; y++) {
      double high = covered(y, box[1] / scale, box[3] / scale);
      for (int x = 0; x < side; x++) {
        double share = high * covered(x, box[0] / scale, box[2] / scale);
        out[y * side + x] = (float) (UNLIKELY + share * (LIKELY - UNLIKELY));
      }
    }
  }

  private static double covered(int pixel, double low, double high) {
    return Math.clamp(Math.min(pixel + 1, high) - Math.max(pixel, low), 0.0, 1.0);
  }

  private static void disc(float[] out, int side, double x, double y, float value) {
    for (int j = (int) Math.max(0, y - RADIUS - 1); j < Math.min(side, y + RADIUS + 1); j++) {
      for (int i = (int) Math.max(0, x - RADIUS - 1); i < Math.min(side, x + RADIUS + 1); i++) {
        if (Math.hypot(i + 0.5 - x, j + 0.5 - y) <= RADIUS) {
          out[j * side + i] = value;
        }
      }
    }
  }
}
