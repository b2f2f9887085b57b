package io.fiducia.torch.checkpoint;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;

/** A checkpoint file read at any place, refusing to go on once another file took its place. */
final class FileSource {
  private final Path path;
  private final long size;
  private final FileTime modified;
  private final Object key;

  private FileSource(Path path, BasicFileAttributes attributes) {
    this.path = path;
    this.size = attributes.size();
    this.modified = attributes.lastModifiedTime();
    this.key = Objects.requireNonNullElse(attributes.fileKey(), "");
  }

  static FileSource of(Path path) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      if (!attributes.isRegularFile()) {
        throw FiduciaException.badInput(
            "cannot read the checkpoint",
            path.toString(),
            attributes.isDirectory() ? "it is a folder" : "it is not a plain file",
            "give the path of a .pth, .pt or .safetensors file");
      }
      return new FileSource(path, attributes);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  Path path() {
    return path;
  }

  long size() {
    return size;
  }

  void read(long position, ByteBuffer target) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      if (now.size() != size || !now.lastModifiedTime().equals(modified)
          || !Objects.requireNonNullElse(now.fileKey(), "").equals(key)) {
        throw FiduciaException.badInput(
            "the checkpoint changed while it was in use",
            path.toString(),
            "its size or time of change is no longer what it was when it was opened",
            "run the command again once nothing writes to the file");
      }
      long at = position;
      while (target.hasRemaining()) {
        int read = channel.read(target, at);
        if (read < 0) {
          throw Refusal.of(path, "byte " + at, "the file ends early");
        }
        at += read;
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /** Reads a piece into a new array; {@code length} must have been checked against the file. */
  byte[] read(long position, int length) {
    byte[] bytes = new byte[length];
    read(position, ByteBuffer.wrap(bytes));
    return bytes;
  }

  private static FiduciaException unreadable(Path path, IOException e) {
    String reason = e instanceof NoSuchFileException
        ? "there is no such file"
        : e instanceof AccessDeniedException
            ? "permission denied"
            : String.valueOf(e.getMessage());
    return FiduciaException.badInput(
        "cannot read the checkpoint",
        path.toString(),
        reason,
        "check the path and that the file may be read", e);
  }
}
