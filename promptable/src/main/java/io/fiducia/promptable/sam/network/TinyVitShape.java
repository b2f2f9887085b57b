package io.fiducia.promptable.sam.network;

import java.util.List;

/**
 * Size of the TinyViT (Wu et al., ECCV 2022) of MobileSAM and LiteMedSAM. Its four stages have the first
 * picture's resolution, a half, a quarter, and a quarter again.
 *
 * @param stem how pixels become the first features
 * @param imageSize pixels along each side: of a multiple of 16 for {@link Stem#STRIDED}, of 4 for {@link
 *     Stem#PIXELS}
 * @param dims features of the four stages
 * @param depths blocks of the four stages
 * @param heads heads of attention of the four stages; the first stage has no attention
 * @param windows places along each side of a window, for the four stages
 * @param classes outputs of the classifier that the released weights carry and nobody uses; 0 for none
 */
public record TinyVitShape(Stem stem, int imageSize, List<Integer> dims, List<Integer> depths,
    List<Integer> heads, List<Integer> windows, int classes) implements EncoderShape {
  /** Stages of the network. */
  static final int STAGES = 4;

  /** How pixels become the first features. */
  public enum Stem {
    /** MobileSAM: two 3x3 convolutions that each halve the resolution. */
    STRIDED(3, 2),
    /** LiteMedSAM: two 1x1 convolutions at full resolution. */
    PIXELS(1, 1);

    private final int kernel;
    private final int stride;

    Stem(int kernel, int stride) {
      this.kernel = kernel;
      this.stride = stride;
    }

    /** Pixels along each side of its convolutions' kernels. */
    public int kernel() {
      return kernel;
    }

    int stride() {
      return stride;
    }

    /** The divisor of the picture's size on the way to the result. */
    public int divisor() {
      return stride * stride * 4;
    }
  }

  public TinyVitShape {
    dims = List.copyOf(dims);
    depths = List.copyOf(depths);
    heads = List.copyOf(heads);
    windows = List.copyOf(windows);
    if (dims.size() != STAGES || depths.size() != STAGES || heads.size() != STAGES
        || windows.size() != STAGES || imageSize < stem.divisor()
        || imageSize % stem.divisor() != 0 || classes < 0 || dims.getFirst() % 2 != 0) {
      throw new IllegalArgumentException("stages " + dims + ", " + depths + ", " + heads + ", "
          + windows + ", picture " + imageSize);
    }
  }

  /** MobileSAM's encoder. */
  public static TinyVitShape mobile() {
    return released(Stem.STRIDED, 1024, 1000);
  }

  /** LiteMedSAM's encoder. */
  public static TinyVitShape lite() {
    return released(Stem.PIXELS, 256, 0);
  }

  /**
   * The released sizes of layers.
   *
   * @param classes of the unused classifier
   */
  public static TinyVitShape released(Stem stem, int imageSize, int classes) {
    return new TinyVitShape(stem, imageSize, List.of(64, 128, 160, 320), List.of(2, 2, 6, 2),
        List.of(2, 4, 5, 10), List.of(7, 7, 14, 7), classes);
  }

  @Override
  public int grid() {
    return imageSize / stem.divisor();
  }
}
