package io.fiducia.learn.window;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Decides where the sums of a sliding window are held: beside the networks, in main memory when a
 * GPU's does not suffice, or in a file when main memory does not.
 *
 * @param networks the device of the networks
 * @param availableBytes main memory that sums may take
 * @param scratchFolder where a file may be made
 * @param told hears of every step back
 */
public record SumMemory(Device networks, long availableBytes, Path scratchFolder,
    Consumer<String> told) {
  private static final int ZEROS = 1 << 20;

  /** Main memory without any limit. */
  public static SumMemory unlimited(Device networks) {
    return new SumMemory(networks, Long.MAX_VALUE, Path.of("."), text -> {});
  }

  /** Zeroed sums (output, z, y, x), and what must be cleaned up after them. */
  record Place(Device device, List<Tensor> sums, List<Path> files) implements AutoCloseable {
    @Override
    public void close() {
      for (Path file : files) {
        try {
          Files.deleteIfExists(file);
        } catch (IOException e) {
          throw AtomicFiles.cannotWrite(file, e);
        }
      }
    }
  }

  Place place(DType dtype, int count, long... shape) {
    if (networks.cuda()) {
      try {
        return new Place(networks, zeros(networks, dtype, count, shape), List.of());
      } catch (FiduciaException e) {
        if (e.kind() != FiduciaException.Kind.OUT_OF_RESOURCES) {
          throw e;
        }
        told.accept("the GPU's memory does not hold the sums of all classes: they are kept in main"
            + " memory, which is slower");
      }
    }
    long bytes = count * java.util.Arrays.stream(shape).reduce(dtype.bytes(), Math::multiplyExact);
    if (bytes <= availableBytes) {
      return new Place(Device.CPU, zeros(Device.CPU, dtype, count, shape), List.of());
    }
    told.accept(String.format(java.util.Locale.ROOT,
        "%.1f GB of sums do not fit the %.1f GB of memory that are free: they are kept in a file"
            + " beside the output, which is slower",
        bytes / 1e9, Math.max(0, availableBytes) / 1e9));
    List<Tensor> sums = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    Place place = new Place(Device.CPU, sums, files);
    try {
      for (int i = 0; i < count; i++) {
        Path file = scratchFolder.resolve(".sums-" + Long.toHexString(System.nanoTime()) + "-" + i);
        files.add(file);
        fill(file, bytes / count);
        sums.add(Tensor.ofFile(file, dtype, shape));
      }
      return place;
    } catch (IOException e) {
      place.close();
      throw AtomicFiles.cannotWrite(files.getLast(), e);
    }
  }

  private static List<Tensor> zeros(Device device, DType dtype, int count, long... shape) {
    List<Tensor> result = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      result.add(Tensor.zeros(dtype, device, shape));
    }
    return result;
  }

  /** Writes every byte now: a disk that fills up later would kill the process. */
  private void fill(Path file, long bytes) throws IOException {
    Files.createDirectories(scratchFolder);
    byte[] zeros = new byte[ZEROS];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long at = 0; at < bytes; at += ZEROS) {
        out.write(zeros, 0, (int) Math.min(ZEROS, bytes - at));
      }
    }
  }
}
