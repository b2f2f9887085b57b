package io.fiducia.learn.window;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.torch.DType;
import io.fiducia.torch.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;

/**
 * A folder for tensors that do not fit into memory. Their files hold values of a patient's case, so
 * the folder must lie beside the output, not among the temporary files of all users. Each file is
 * deleted at the end, also after a failure.
 */
public final class ScratchFolder {
  private static final int CHUNK = 1 << 20;
  /** File systems whose files take main memory. */
  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

  private final Path folder;
  private final Disk disk;

  /** The operations of the disk that a test can replace. */
  interface Disk {
    OutputStream create(Path file) throws IOException;

    /** The type of the file system that holds a folder. */
    String type(Path folder) throws IOException;
  }

  /** The disk itself. */
  private static final class RealDisk implements Disk {
    @Override
    public OutputStream create(Path file) throws IOException {
      return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Override
    public String type(Path folder) throws IOException {
      return Files.getFileStore(folder).type();
    }
  }

  /** A folder, which is created when it is first needed. */
  public ScratchFolder(Path folder) {
    this(folder, new RealDisk());
  }

  ScratchFolder(Path folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
  }

  /** A tensor on the CPU whose memory is a file. */
  record MappedFile(Path file, Tensor tensor) implements AutoCloseable {
    /** Deletes the file if it still exists; the tensor must be free by then on some systems. */
    @Override
    public void close() {
      delete(file);
    }
  }

  /**
   * A tensor of zeros in a new file. Every byte is written now: a disk that fills up later would kill
   * the process.
   *
   * @throws FiduciaException as {@link SumMemory#place}
   */
  MappedFile zeros(DType dtype, Cancellation cancellation, long... shape) {
    long bytes = Arrays.stream(shape).reduce(dtype.bytes(), Math::multiplyExact);
    Path file = folder.resolve(".sums-" + Long.toHexString(System.nanoTime()));
    try {
      Files.createDirectories(folder);
      checkOnDisk(bytes);
      fill(file, bytes, cancellation);
      MappedFile result = new MappedFile(file, Tensor.ofFile(file, dtype, shape));
      unlink(file);
      return result;
    } catch (IOException e) {
      AtomicFiles.discard(file, e);
      throw AtomicFiles.cannotWrite(file, e);
    } catch (RuntimeException | Error e) {
      AtomicFiles.discard(file, e);
      throw e;
    }
  }

  /** The file is there because memory does not suffice: it must not take memory itself. */
  private void checkOnDisk(long bytes) throws IOException {
    if (IN_MEMORY.contains(disk.type(folder))) {
      throw FiduciaException.outOfResources("not enough memory to predict", folder,
          (bytes >> 20) + " MB must go to a file, but files of this folder lie in memory ("
              + disk.type(folder) + ")",
          "write the output to a folder on a disk", null);
    }
  }

  private void fill(Path file, long bytes, Cancellation cancellation) throws IOException {
    byte[] zeros = new byte[CHUNK];
    try (OutputStream out = disk.create(file)) {
      for (long at = 0; at < bytes; at += CHUNK) {
        cancellation.check("prediction");
        out.write(zeros, 0, (int) Math.min(CHUNK, bytes - at));
      }
    }
  }

  /**
   * Takes the name from the file, where the system allows it while the file is mapped: then nothing
   * can stay behind, even if the process is killed.
   */
  private static void unlink(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      // Windows keeps a mapped file; it is deleted on close.
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw AtomicFiles.cannotWrite(file, e);
    }
  }
}
