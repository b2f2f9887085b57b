package io.fiducia.learn.augment;

/** A case together with what a cascade's first stage predicted of it, on the same grid. */
public record CascadeSource(PatchSource source, Labels labels) implements WrappedSource {
  /** Labels that patches are cut from; safe to read from several threads. */
  @FunctionalInterface
  public interface Labels {
    /** Fills {@code seg} with a box (z, y, x), which may reach outside: there seg is -1. */
    void read(int[] start, int[] size, short[] seg);
  }

  @Override
  public boolean hasPreviousStage() {
    return true;
  }

  @Override
  public void readPreviousStage(int[] start, int[] size, short[] seg) {
    labels.read(start, size, seg);
  }
}
