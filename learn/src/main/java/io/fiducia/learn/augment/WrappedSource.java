package io.fiducia.learn.augment;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A case with some property changed; everything else is delegated to the case. */
interface WrappedSource extends PatchSource {
  /** The case. */
  PatchSource source();

  @Override
  default String id() {
    return source().id();
  }

  @Override
  default int[] shape() {
    return source().shape();
  }

  @Override
  default int channels() {
    return source().channels();
  }

  @Override
  default void readPatch(int[] start, int[] size, float[] data, short[] seg) {
    source().readPatch(start, size, data, seg);
  }

  @Override
  default Map<Integer, int[]> classLocations() {
    return source().classLocations();
  }

  @Override
  default Optional<Set<Integer>> annotated() {
    return source().annotated();
  }

  @Override
  default boolean hasPreviousStage() {
    return source().hasPreviousStage();
  }

  @Override
  default void readPreviousStage(int[] start, int[] size, short[] seg) {
    source().readPreviousStage(start, size, seg);
  }
}
