package io.fiducia.base;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps two programs from writing into one folder. The lock is released when it is closed or when the
 * program ends.
 */
public final class FolderLock implements AutoCloseable {
  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock of a folder, which is created if it does not exist.
   *
   * @param conflict what is wrong if another program holds it, such as "this fold is being trained
   *     already"
   * @throws FiduciaException BAD_INPUT if another program, or this one, holds it
   */
  public static FolderLock take(Path folder, String conflict) {
    Path file = folder.resolve(".lock");
    try {
      Files.createDirectories(folder);
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
        return new FolderLock(channel);
      }
    } catch (IOException e) {
      throw AtomicFiles.cannotWrite(file, e);
    }
    throw FiduciaException.badInput(conflict, folder,
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
      throw new UncheckedIOException(e);
    }
  }
}
