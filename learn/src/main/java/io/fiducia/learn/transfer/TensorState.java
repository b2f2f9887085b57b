package io.fiducia.learn.transfer;

import java.util.Locale;

/** Where the first values of a network's tensor come from. */
public enum TensorState {
  /** The source's values, unchanged. */
  TAKEN,
  /** Made from the source's tensor, in part or in another shape. */
  ADAPTED,
  /** As the network initialised it; nothing of the source. */
  FRESH;

  /** The word in {@code adaptation.json}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
