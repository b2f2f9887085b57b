package io.fiducia.learn.window;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Decides where the sums of a sliding window are held: beside the networks, in main memory when the
 * memory of a GPU does not suffice, or in a file when main memory does not.
 *
 * @param networks the device of the networks
 * @param availableBytes main memory that sums may take
 * @param scratch where a file with sums may be created
 * @param warnings receives a sentence whenever the sums go to a slower place
 */
public record SumMemory(Device networks, long availableBytes, ScratchFolder scratch,
    Consumer<String> warnings) {

  /** Main memory without any limit. */
  public static SumMemory unlimited(Device networks) {
    return new SumMemory(networks, Long.MAX_VALUE, new ScratchFolder(Path.of(".")), text -> {});
  }

  /** The sums that are needed. @param shape (output, z, y, x) of each */
  record Request(DType dtype, int count, long... shape) {
    long bytesEach() {
      return Arrays.stream(shape).reduce(dtype.bytes(), Math::multiplyExact);
    }
  }

  /** Sums that are all zero, and the files to delete after use. */
  record Place(Device device, List<Tensor> sums, List<ScratchFolder.MappedFile> files)
      implements
        AutoCloseable {
    @Override
    public void close() {
      files.forEach(ScratchFolder.MappedFile::close);
    }

    /** Closes after a failure; if closing fails too, that error is added to the first as suppressed. */
    void closeAfter(Throwable error) {
      try {
        close();
      } catch (RuntimeException e) {
        error.addSuppressed(e);
      }
    }
  }

  /**
   * Zeroed sums, which join the innermost scope.
   *
   * @throws FiduciaException OUT_OF_RESOURCES if the disk is full or the scratch folder lies in
   *     memory, BAD_INPUT if the folder cannot be written, CANCELLED on request; no file stays behind
   */
  Place place(Request request, Cancellation cancellation) {
    if (networks.cuda()) {
      try {
        return new Place(networks, zeros(networks, request), List.of());
      } catch (FiduciaException e) {
        if (e.kind() != FiduciaException.Kind.OUT_OF_RESOURCES) {
          throw e;
        }
        warnings.accept("the GPU's memory does not hold the sums of all classes: they are kept in"
            + " main memory, which is slower");
      }
    }
    long bytes = Math.multiplyExact(request.count(), request.bytesEach());
    if (bytes <= availableBytes) {
      return new Place(Device.CPU, zeros(Device.CPU, request), List.of());
    }
    warnings.accept(String.format(Locale.ROOT,
        "%.1f GB of sums do not fit the %.1f GB of memory that are free: they are kept in a file"
            + " beside the output, which is slower",
        bytes / 1e9, Math.max(0, availableBytes) / 1e9));
    Place place = new Place(Device.CPU, new ArrayList<>(), new ArrayList<>());
    try {
      for (int i = 0; i < request.count(); i++) {
        ScratchFolder.MappedFile file = scratch.zeros(request.dtype(), cancellation,
            request.shape());
        place.files().add(file);
        place.sums().add(file.tensor());
      }
      return place;
    } catch (RuntimeException | Error e) {
      place.closeAfter(e);
      throw e;
    }
  }

  private static List<Tensor> zeros(Device device, Request request) {
    List<Tensor> result = new ArrayList<>();
    for (int i = 0; i < request.count(); i++) {
      result.add(Tensor.zeros(request.dtype(), device, request.shape()));
    }
    return result;
  }
}
