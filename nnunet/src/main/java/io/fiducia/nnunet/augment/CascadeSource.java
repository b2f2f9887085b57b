package io.fiducia.nnunet.augment;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A case together with what a cascade's first stage predicted of it, on the same grid. */
public record CascadeSource(PatchSource source, Labels labels) implements PatchSource {
  /** Labels that patches are cut from; safe to read from several threads. */
  @FunctionalInterface
  public interface Labels {
    /** Fills {@code seg} with a box (z, y, x), which may reach outside: there seg is -1. */
    void read(int[] start, int[] size, short[] seg);
  }

  @Override
  public String id() {
    return source.id();
  }

  @Override
  public int[] shape() {
    return source.shape();
  }

  @Override
  public int channels() {
    return source.channels();
  }

  @Override
  public void readPatch(int[] start, int[] size, float[] data, short[] seg) {
    source.readPatch(start, size, data, seg);
  }

  @Override
  public Map<Integer, int[]> classLocations() {
    return source.classLocations();
  }

  @Override
  public Optional<Set<Integer>> annotated() {
    return source.annotated();
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
