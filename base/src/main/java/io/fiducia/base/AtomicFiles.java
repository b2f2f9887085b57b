package io.fiducia.base;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes files that appear whole or not at all: beside the target first, then renamed onto it. */
public final class AtomicFiles {
  private AtomicFiles() {}

  /** Writes a stream's content. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Fills a file at a path that does not exist yet. */
  @FunctionalInterface
  public interface FileContent {
    void writeTo(Path file) throws IOException;
  }

  /**
   * Writes {@code target}, replacing it if it exists; its folder is created. If writing fails, the
   * target keeps what it had.
   *
   * @throws FiduciaException OUT_OF_RESOURCES when the disk is full, BAD_INPUT for any other reason
   *     that the place cannot be written
   */
  public static void write(Path target, Content content) {
    writeFile(
        target,
        file -> {
          try (FileChannel channel = FileChannel.open(
              file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            content.writeTo(out);
            out.flush();
            // Without this a power cut could leave the new name on an empty file.
            channel.force(true);
          }
        });
  }

  /**
   * Writes {@code target} like {@link #write(Path, Content)}, for content that needs a real file to
   * write into.
   */
  public static void writeFile(Path target, FileContent content) {
    Path absolute = target.toAbsolutePath();
    Path beside = absolute.resolveSibling(
        "." + absolute.getFileName() + "." + Long.toHexString(System.nanoTime()) + ".part");
    try {
      Files.createDirectories(absolute.getParent());
      try {
        content.writeTo(beside);
        Files.move(
            beside, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException | RuntimeException | Error e) {
        discard(beside, e);
        throw e;
      }
    } catch (IOException e) {
      throw cannotWrite(target, e);
    }
  }

  /** Writes text in UTF-8; see {@link #write(Path, Content)}. */
  public static void writeString(Path target, String text) {
    write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Deletes what a failed write left behind, if anything.
   *
   * @param error why the write failed; if the file cannot be deleted, that error is added to this one
   *     as suppressed, and nothing is thrown
   */
  public static void discard(Path file, Throwable error) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      error.addSuppressed(e);
    }
  }

  /**
   * The error for a failed write, distinguishing a full disk from a place that cannot be written.
   *
   * @param target names the file, or the work where the file is not known
   */
  public static FiduciaException cannotWrite(Object target, IOException e) {
    String reason = reason(e);
    if (isDiskFull(e)) {
      return FiduciaException.outOfResources(
          "cannot write the file: the disk is full",
          target,
          reason,
          "free some space or choose another output folder, then run the same command again",
          e);
    }
    return FiduciaException.badInput(
        "cannot write the file",
        target,
        reason,
        "check that the folder exists and may be written",
        e);
  }

  /** Whether an error says that a disk is full, that a quota is used up or that a file is too large. */
  public static boolean isDiskFull(IOException e) {
    String reason = reason(e).toLowerCase(java.util.Locale.ROOT);
    return reason.contains("no space left") || reason.contains("not enough space")
        || reason.contains("quota exceeded") || reason.contains("file too large");
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileSystemException f && f.getReason() != null) {
      return f.getReason();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
