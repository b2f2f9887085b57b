package io.fiducia.torch.checkpoint;

/** Python's None, so that no null crosses packages. */
public enum PyNone {
  NONE;

  @Override
  public String toString() {
    return "None";
  }
}
