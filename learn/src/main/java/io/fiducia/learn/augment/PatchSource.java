package io.fiducia.learn.augment;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A preprocessed case that patches are cut from. Implementations must allow reads from several
 * threads at once.
 */
public interface PatchSource {
  /** The key of {@link #classLocations()} that lists annotated voxels, where there is an ignore label. */
  int ANNOTATED = -1;

  /** The case's name, for messages. */
  String id();

  /** The size (z, y, x) in voxels. */
  int[] shape();

  /** The number of image channels. */
  int channels();

  /**
   * Fills {@code data} (channel, z, y, x) and {@code seg} (z, y, x) with the box that begins at {@code
   * start} and has {@code size} voxels per axis. The box may reach outside the case or lie wholly
   * outside: there data is 0 and seg is -1. The arrays may be longer than needed; only their beginning
   * is written.
   */
  void readPatch(int[] start, int[] size, float[] data, short[] seg);

  /**
   * Sampled voxels of each label (or region number), as consecutive triples z, y, x; a label that does
   * not occur may be absent or empty. The key {@link #ANNOTATED} is present only where the dataset has
   * an ignore label.
   */
  Map<Integer, int[]> classLocations();

  /**
   * The classes, numbered as in {@link #classLocations()}, whose contours this case has; elsewhere an
   * absent contour says nothing. Empty: all of them.
   */
  default Optional<Set<Integer>> annotated() {
    return Optional.empty();
  }

  /** Whether a cascade's first stage has segmented this case. */
  default boolean hasPreviousStage() {
    return false;
  }

  /**
   * Fills {@code seg} with a box of the labels that a cascade's first stage gave; the box is that of
   * {@link #readPatch}.
   *
   * @throws UnsupportedOperationException if there are none
   */
  default void readPreviousStage(int[] start, int[] size, short[] seg) {
    throw new UnsupportedOperationException("no previous stage of " + id());
  }
}
