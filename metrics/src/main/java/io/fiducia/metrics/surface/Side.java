package io.fiducia.metrics.surface;

/** One of the two masks that are compared. */
public enum Side {
  REFERENCE(1), PREDICTION(2);

  /** The bit of this side in a number that stands for both sides. */
  final int bit;

  Side(int bit) {
    this.bit = bit;
  }

  public Side other() {
    return this == REFERENCE ? PREDICTION : REFERENCE;
  }
}
