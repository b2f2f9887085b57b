package io.fiducia.nnunet.run;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps two trainings from writing into one fold. The lock is released when it is closed or when the
 * program ends.
 */
final class FoldLock implements AutoCloseable {
  private final FileChannel channel;

  private FoldLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Takes the fold's lock. @throws FiduciaException BAD_INPUT if another training holds it */
  static FoldLock take(Path fold) {
    Path file = fold.resolve(".lock");
    try {
      Files.createDirectories(fold);
      FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE,
          StandardOpenOption.WRITE);
      boolean taken = false;
      try {
        taken = locked(channel);
      } finally {
        // A file system without locks must not keep the file open either.
        if (!taken) {
          channel.close();
        }
      }
      if (taken) {
        return new FoldLock(channel);
      }
    } catch (IOException e) {
      throw AtomicFiles.cannotWrite(file, e);
    }
    throw FiduciaException.badInput("this fold is being trained already", fold,
        "another program holds " + file.getFileName(), "wait for it to end, or stop it");
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // This program holds it.
      return false;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
