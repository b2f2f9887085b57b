package io.fiducia.promptable.adapt;

import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.promptable.sam.network.VitShape;
import java.util.List;

/** A small network for weights of our own: a tiny ViT, standard prompts and decoder. */
public final class CompactSam {
  /** Pixels along each side of its pictures. */
  public static final int USUAL_SIZE = 128;
  /** Small places, so that a place has few pixels to keep: the network then learns edges in a short training. */
  private static final int PATCH = 4;
  private static final int DIM = 128;
  private static final int DEPTH = 5;
  private static final int HEADS = 4;
  private static final int WINDOW = 8;

  private CompactSam() {}

  /**
   * Its size: 5.9 million parameters, 11.8 MB in float16; most are the decoder's and the neck's.
   *
   * @param side pixels along each side of its pictures
   */
  public static SamShape shape(int side) {
    return SamShape.of(VitShape.of(side, DIM, DEPTH, HEADS, WINDOW, List.of(2, 4), 4 * DIM)
        .withPatch(PATCH));
  }
}
