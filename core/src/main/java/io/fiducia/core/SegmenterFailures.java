package io.fiducia.core;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/** Turns whatever the libraries below a {@link Segmenter} throw into a {@link FiduciaException}. */
public final class SegmenterFailures {
  /** Deeper chains of causes do not occur; the limit guards against a chain that is a ring. */
  private static final int DEEPEST = 20;

  private SegmenterFailures() {}

  /**
   * The result of a piece of work.
   *
   * @param work names it in messages, such as {@code segmentation of case_7}; no patient identity
   * @throws FiduciaException the one that the work threw or that caused its failure; otherwise
   *     OUT_OF_RESOURCES if the Java heap is full, BAD_INPUT for a file that cannot be read, and
   *     INTERNAL for everything else
   */
  public static <T> T translated(String work, Supplier<T> action) {
    try {
      return action.get();
    } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
      throw translate(work, e);
    }
  }

  private static FiduciaException translate(String work, Throwable error) {
    Throwable cause = error;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++, cause = cause.getCause()) {
      if (cause instanceof FiduciaException known) {
        return known;
      }
    }
    return switch (error) {
      case OutOfMemoryError e -> FiduciaException.outOfResources("out of memory", work,
          String.valueOf(e.getMessage()), "close other programs, or use a smaller model", e);
      case UncheckedIOException e -> io(work, e.getCause());
      case LinkageError e -> internal("a library cannot be loaded", work, e);
      default -> internal("internal error: " + error.getClass().getSimpleName(), work, error);
    };
  }

  private static FiduciaException io(String work, IOException e) {
    return FiduciaException.badInput("cannot read or write", work, String.valueOf(e.getMessage()),
        "check the path and the disk", e);
  }

  private static FiduciaException internal(String what, String work, Throwable e) {
    return FiduciaException.internal(what, work, e.getMessage() == null ? "" : e.getMessage(),
        "this is a fault of the program, not of your data: please report it", e);
  }
}
