package io.fiducia.universeg.segment;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Structure;
import io.fiducia.geometry.Size;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.network.NetworkShape;
import io.fiducia.universeg.network.Support;
import io.fiducia.universeg.support.SupportSet;
import io.fiducia.volume.FloatVolume;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bare network, as its authors show it: every slice of the third axis in the order of the file, scaled
 * to 128x128 and from its smallest to its largest intensity, with all support slices that show the
 * structure at once. No region, no gate, no draws, no clean-up. Columns are the file's first axis, rows its
 * second.
 *
 * <p>Images are scaled linearly and labels take the nearest pixel, both as torch's {@code interpolate}
 * with its defaults does; probabilities are scaled back linearly.
 */
public final class PlainSegmentation {
  private static final int SIDE = NetworkShape.SIDE;
  private static final int PIXELS = SIDE * SIDE;

  private final InContextNetwork network;
  private final List<ContouredCase> cases;

  /** Uses a network, which stays the caller's, and all of the cases. */
  public PlainSegmentation(InContextNetwork network, List<ContouredCase> cases) {
    this.network = network;
    this.cases = List.copyOf(cases);
  }

  /**
   * The probability of a structure in each voxel.
   *
   * @param image of finite intensities; see {@link VolumeSegmentation#requireFinite}
   * @throws FiduciaException BAD_INPUT if no case has the structure; OUT_OF_RESOURCES if the support is
   *     too large for memory; CANCELLED on request
   */
  public FloatVolume probability(FloatVolume image, Structure structure, Progress progress,
      Cancellation cancellation) {
    Size size = image.geometry().size();
    int plane = size.x() * size.y();
    float[] out = new float[size.voxels()];
    try (TorchScope scope = TorchScope.open("plain"); Autograd.Guard none = Autograd.noGrad()) {
      Support support = support(structure, cancellation);
      progress.started(structure.name(), size.z(), "slices");
      for (int k = 0; k < size.z(); k++) {
        cancellation.check("segmenting slices");
        float[] slice = Arrays.copyOfRange(image.data(), k * plane, (k + 1) * plane);
        int channels = network.shape().form().targetChannels();
        float[] target = new float[channels * PIXELS];
        System.arraycopy(image(slice, size), 0, target, 0, PIXELS);
        try (TorchScope one = TorchScope.open("slice")) {
          float[] p = network.forward(Tensor.of(target, network.device(), 1, channels, SIDE, SIDE),
              support).sigmoid().toFloats();
          System.arraycopy(linear(p, SIDE, SIDE, size.x(), size.y()), 0, out, k * plane, plane);
        }
        progress.advanced(structure.name(), k + 1, "");
      }
    } finally {
      progress.finished(structure.name());
    }
    return new FloatVolume(image.geometry(), out);
  }

  private Support support(Structure structure, Cancellation cancellation) {
    List<float[]> slices = new ArrayList<>();
    for (ContouredCase c : cases) {
      cancellation.check("reading the support");
      Segmentation contours = c.contours();
      if (contours.structures().find(structure.name()).isPresent()) {
        add(slices, SupportSet.imageOf(c.images()), contours.mask(structure.name()));
      }
    }
    if (slices.isEmpty()) {
      throw FiduciaException.badInput("no support case has the structure", structure.name(),
          "none of " + cases.size() + " cases has a voxel of it",
          "add a case with this structure, or leave it out");
    }
    float[] all = new float[slices.size() * 2 * PIXELS];
    for (int i = 0; i < slices.size(); i++) {
      System.arraycopy(slices.get(i), 0, all, i * 2 * PIXELS, 2 * PIXELS);
    }
    return network.support(Tensor.of(all, network.device(), slices.size(), 2, SIDE, SIDE));
  }

  private static void add(List<float[]> slices, FloatVolume image, boolean[] mask) {
    Size size = image.geometry().size();
    int plane = size.x() * size.y();
    for (int k = 0; k < size.z(); k++) {
      float[] label = new float[plane];
      boolean any = false;
      for (int i = 0; i < plane; i++) {
        label[i] = mask[k * plane + i] ? 1 : 0;
        any |= mask[k * plane + i];
      }
      if (any) {
        float[] both = new float[2 * PIXELS];
        System.arraycopy(image(Arrays.copyOfRange(image.data(), k * plane,
            (k + 1) * plane), size), 0, both, 0, PIXELS);
        System.arraycopy(nearest(label, size), 0, both, PIXELS, PIXELS);
        slices.add(both);
      }
    }
  }

  /** A slice from its smallest (0) to its largest (1) intensity, on the network's pixels. */
  static float[] image(float[] slice, Size size) {
    float min = Float.MAX_VALUE;
    float max = -Float.MAX_VALUE;
    for (float v : slice) {
      min = Math.min(min, v);
      max = Math.max(max, v);
    }
    float[] scaled = new float[slice.length];
    for (int i = 0; i < scaled.length && max > min; i++) {
      scaled[i] = (slice[i] - min) / (max - min);
    }
    return linear(scaled, size.x(), size.y(), SIDE, SIDE);
  }

  /** Pixels interpolated linearly to another size; pixel edges keep their place. */
  static float[] linear(float[] in, int width, int height, int toWidth, int toHeight) {
    if (width == toWidth && height == toHeight) {
      return in;
    }
    float[] out = new float[toWidth * toHeight];
    for (int y = 0; y < toHeight; y++) {
      double v = Math.max(0, (y + 0.5) * height / toHeight - 0.5);
      int y0 = (int) v;
      int y1 = Math.min(y0 + 1, height - 1);
      double b = v - y0;
      for (int x = 0; x < toWidth; x++) {
        double u = Math.max(0, (x + 0.5) * width / toWidth - 0.5);
        int x0 = (int) u;
        int x1 = Math.min(x0 + 1, width - 1);
        double a = u - x0;
        out[y * toWidth + x] = (float) ((1 - b)
            * ((1 - a) * in[y0 * width + x0] + a * in[y0 * width + x1])
            + b * ((1 - a) * in[y1 * width + x0] + a * in[y1 * width + x1]));
      }
    }
    return out;
  }

  private static float[] nearest(float[] in, Size size) {
    float[] out = new float[PIXELS];
    for (int y = 0; y < SIDE; y++) {
      int v = Math.min((int) ((long) y * size.y() / SIDE), size.y() - 1);
      for (int x = 0; x < SIDE; x++) {
        out[y * SIDE + x] = in[v * size.x() + Math.min((int) ((long) x * size.x() / SIDE),
            size.x() - 1)];
      }
    }
    return out;
  }
}
