package io.fiducia.promptable.sam.network;

/** Kind and size of an image encoder. */
public sealed interface EncoderShape permits VitShape, TinyVitShape {
  /** Pixels along each side of the square pictures that it takes. */
  int imageSize();

  /** Places along each side of what it gives. */
  int grid();
}
