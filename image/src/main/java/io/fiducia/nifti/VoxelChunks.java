package io.fiducia.nifti;

import java.util.List;
import java.util.stream.IntStream;

/** Parts the voxels of a channel into tasks for several threads. */
final class VoxelChunks {
  /** Voxels of one task. */
  private static final int CHUNK = 1 << 18;

  /** Voxels decoded at a time, few enough for the processor's cache. */
  static final int PIECE = 1 << 12;

  private VoxelChunks() {}

  /** Work on the voxels {@code from} to {@code from + count}. */
  @FunctionalInterface
  interface Work {
    void run(int from, int count);
  }

  /** Work on the voxels {@code from} to {@code from + count} that has a result. */
  @FunctionalInterface
  interface Question<T> {
    T ask(int from, int count);
  }

  static void forEach(int voxels, Work work) {
    IntStream.range(0, count(voxels)).parallel()
        .forEach(chunk -> work.run(chunk * CHUNK, size(chunk, voxels)));
  }

  /** The results in the order of the chunks, whatever the number of threads. */
  static <T> List<T> map(int voxels, Question<T> question) {
    return IntStream.range(0, count(voxels)).parallel()
        .mapToObj(chunk -> question.ask(chunk * CHUNK, size(chunk, voxels))).toList();
  }

  private static int count(int voxels) {
    return (voxels - 1) / CHUNK + 1;
  }

  private static int size(int chunk, int voxels) {
    return Math.min(CHUNK, voxels - chunk * CHUNK);
  }
}
