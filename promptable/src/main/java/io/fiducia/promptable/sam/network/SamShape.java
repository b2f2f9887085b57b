package io.fiducia.promptable.sam.network;

/**
 * Size of a network of the SAM family.
 *
 * @param encoder its image encoder
 * @param channels features of each place of the embedding, a multiple of 16: 256 in all released ones
 * @param maskChannels features on the way of a mask prompt, a multiple of 4: 16 in all released ones
 * @param maskTokens masks that the decoder can give: 4 in all released ones, one for a single mask and three
 *     to choose from
 */
public record SamShape(EncoderShape encoder, int channels, int maskChannels, int maskTokens) {
  /** Heads of the decoder's attention. */
  static final int HEADS = 8;

  public SamShape {
    if (channels < 2 * HEADS || channels % (2 * HEADS) != 0 || maskChannels < 4
        || maskChannels % 4 != 0 || maskTokens < 1) {
      throw new IllegalArgumentException(channels + " channels, " + maskChannels
          + " mask channels, " + maskTokens + " mask tokens");
    }
  }

  /** The standard prompt encoder and decoder with an image encoder. */
  public static SamShape of(EncoderShape encoder) {
    return new SamShape(encoder, 256, 16, 4);
  }

  /** Places along each side of the embedding. */
  public int grid() {
    return encoder.grid();
  }

  /** Places along each side of the masks that the decoder gives and takes. */
  public int maskSide() {
    return 4 * grid();
  }
}
