package io.fiducia.torch.checkpoint;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * Writes a file whole or not at all, as the image module's AtomicFiles does, which this module
 * cannot see.
 */
final class CheckpointFiles {
  private CheckpointFiles() {}

  /** Writes a file's content. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  static void write(Path target, Content content) {
    Path absolute = target.toAbsolutePath();
    Path beside = absolute.resolveSibling(
        "." + absolute.getFileName() + "." + Long.toHexString(System.nanoTime()) + ".part");
    try {
      Files.createDirectories(absolute.getParent());
      try {
        try (FileChannel channel = FileChannel.open(
            beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
          content.writeTo(out);
          out.flush();
          channel.force(true);
        }
        Files.move(
            beside, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(beside);
      }
    } catch (IOException e) {
      throw cannotWrite(target, e);
    }
  }

  private static CheckpointException cannotWrite(Path target, IOException e) {
    String reason = e instanceof AccessDeniedException
        ? "permission denied"
        : e instanceof FileSystemException f && f.getReason() != null
            ? f.getReason()
            : String.valueOf(e.getMessage());
    String lower = reason.toLowerCase(Locale.ROOT);
    boolean full = lower.contains("no space left") || lower.contains("not enough space")
        || lower.contains("quota exceeded") || lower.contains("file too large");
    return new CheckpointException(
        "cannot write the checkpoint",
        target.toString(),
        reason,
        full
            ? "free some space or choose another output folder"
            : "check that the folder exists and may be written",
        full,
        e);
  }
}
