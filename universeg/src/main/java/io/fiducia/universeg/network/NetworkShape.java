package io.fiducia.universeg.network;

import io.fiducia.base.FiduciaException;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The form and size of an in-context network.
 *
 * @param form which published network it is
 * @param width features of every layer: 64 in the released UniverSeg, 256 in the released MultiverSeg
 * @param levels resolutions, each half the one before; 4 in both
 */
public record NetworkShape(Form form, int width, int levels) {
  /** Pixels along each side of the slices that the networks were published for. */
  public static final int SIDE = 128;

  private static final Pattern ENCODER = Pattern.compile("enc_blocks\\.(\\d+)\\..*");
  private static final String FIRST = "enc_blocks.0.cross.cross_conv.weight";
  private static final String NORM = "enc_blocks.0.target.vmapped.norml.weight";
  private static final int MOST_LEVELS = 7;

  /** The published networks; they differ in more than their width. */
  public enum Form {
    /** Butoi et al., ICCV 2023: no normalisation, and no activation before the mean over the support. */
    UNIVERSEG("UniverSeg", 1),
    /**
     * Wong et al., 2024: prompts beside the image; activation before the mean, layer normalisation
     * behind each convolution.
     */
    MULTIVERSEG("MultiverSeg", 5);

    private final String title;
    private final int targetChannels;

    Form(String title, int targetChannels) {
      this.title = title;
      this.targetChannels = targetChannels;
    }

    /** The name that its authors gave it. */
    public String title() {
      return title;
    }

    /** Channels of the target: the image, and for MultiverSeg boxes, clicks of both kinds, logits. */
    public int targetChannels() {
      return targetChannels;
    }
  }

  public NetworkShape {
    if (width < 1 || width > 4096 || levels < 2 || levels > MOST_LEVELS) {
      throw new IllegalArgumentException("width " + width + ", levels " + levels);
    }
  }

  /** The released UniverSeg with features of the given width. */
  public static NetworkShape universeg(int width) {
    return new NetworkShape(Form.UNIVERSEG, width, 4);
  }

  /** The released MultiverSeg with features of the given width. */
  public static NetworkShape multiverseg(int width) {
    return new NetworkShape(Form.MULTIVERSEG, width, 4);
  }

  /** What the sides of a slice must be divisible by. */
  public int divisor() {
    return 1 << levels - 1;
  }

  /**
   * The shape of the network that weights belong to, from their names and sizes.
   *
   * @throws FiduciaException BAD_INPUT if they belong to no such network
   */
  public static NetworkShape of(Map<String, StoredTensor> weights, Object file) {
    StoredTensor first = weights.get(FIRST);
    if (first == null || first.shape().length != 4) {
      throw FiduciaException.badInput("these are no weights of UniverSeg or MultiverSeg", file,
          "expected a tensor " + FIRST + " of 4 axes, found "
              + (first == null ? names(weights) : Arrays.toString(first.shape())),
          "give the released file, or one that fiducia universeg train wrote");
    }
    long[] shape = first.shape();
    Form form = weights.containsKey(NORM) ? Form.MULTIVERSEG : Form.UNIVERSEG;
    int levels = 1 + weights.keySet().stream().map(ENCODER::matcher).filter(Matcher::matches)
        .mapToInt(m -> Integer.parseInt(m.group(1).length() > 3 ? "0" : m.group(1))).max()
        .orElse(0);
    int channels = form.targetChannels + 2;
    if (shape[1] != channels || shape[0] < 1 || shape[0] > 4096 || levels < 2
        || levels > MOST_LEVELS) {
      throw FiduciaException.badInput("these weights belong to another network", file,
          FIRST + ": expected (features, " + channels + ", 3, 3) and 2 to " + MOST_LEVELS
              + " encoder blocks, found " + Arrays.toString(shape) + " and " + levels,
          "the target has " + form.targetChannels + " channels in " + form
              + ", the support an image and a label");
    }
    return new NetworkShape(form, (int) shape[0], levels);
  }

  private static String names(Map<String, StoredTensor> weights) {
    String[] first = weights.keySet().stream().limit(3).toArray(String[]::new);
    return first.length == 0
        ? "no tensor"
        : String.join(", ", first) + (weights.size() > first.length
            ? " and " + (weights.size() - first.length) + " more"
            : "");
  }

  /** The resolutions, finest first, as numbers from 0. */
  IntStream resolutions() {
    return IntStream.range(0, levels);
  }
}
