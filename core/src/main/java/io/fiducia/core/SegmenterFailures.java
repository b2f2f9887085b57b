package io.fiducia.core;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

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
   *     OUT_OF_RESOURCES if the Java heap or the disk is full, BAD_INPUT for any other file that cannot
   *     be read or written, and INTERNAL for everything else; the causes of an error count as the
   *     error itself
   */
  public static <T> T translated(String work, Supplier<T> action) {
    try {
      return action.get();
    } catch (RuntimeException | LinkageError | VirtualMachineError e) {
      throw translate(work, e);
    }
  }

  private static FiduciaException translate(String work, Throwable error) {
    return caused(error, FiduciaException.class)
        .or(() -> caused(error, OutOfMemoryError.class).map(e -> memory(work, e)))
        .or(() -> caused(error, IOException.class).map(e -> io(work, e)))
        .or(() -> caused(error, LinkageError.class)
            .map(e -> internal("a library cannot be loaded", work, e)))
        .orElseGet(() -> internal("internal error: " + error.getClass().getSimpleName(), work,
            error));
  }

  /** The first error of a kind in a chain of causes, because thread pools wrap what their tasks throw. */
  private static <T extends Throwable> Optional<T> caused(Throwable error, Class<T> kind) {
    return Stream.iterate(error, Objects::nonNull, Throwable::getCause).limit(DEEPEST)
        .filter(kind::isInstance).map(kind::cast).findFirst();
  }

  private static FiduciaException memory(String work, OutOfMemoryError e) {
    return FiduciaException.outOfResources("out of memory", work, String.valueOf(e.getMessage()),
        "close other programs, or use a smaller model", e);
  }

  private static FiduciaException io(String work, IOException e) {
    return AtomicFiles.isDiskFull(e)
        ? AtomicFiles.cannotWrite(work, e)
        : FiduciaException.badInput("cannot read or write", work, String.valueOf(e.getMessage()),
            "check the path and the disk", e);
  }

  private static FiduciaException internal(String what, String work, Throwable e) {
    return FiduciaException.internal(what, work, e.getMessage() == null ? "" : e.getMessage(),
        "this is a fault of the program, not of your data: please report it", e);
  }
}
