package io.fiducia.nnunet.infer;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.nnunet.cases.CaseExport;
import io.fiducia.nnunet.cases.CaseProperties;
import io.fiducia.nnunet.store.ProbabilityFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Probabilities that come plane by plane, while their file needs them class by class: they wait on
 * disk, uncompressed, so that no more than one class is in memory. The system deletes the file when it
 * is closed, even if the process is killed.
 */
public final class ProbabilityScratch implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final int outputs;
  private final int planes;
  private final int plane;
  private final ByteBuffer buffer;

  /**
   * An empty file.
   *
   * @param file must not exist; lies beside the output, since it holds a patient's intermediate results
   * @param shape the (z, y, x) of every class, cropped, in network axes
   */
  ProbabilityScratch(Path file, int outputs, List<Integer> shape) {
    this.file = file;
    this.outputs = outputs;
    this.planes = shape.get(0);
    this.plane = shape.get(1) * shape.get(2);
    this.buffer = ByteBuffer.allocate(Math.multiplyExact(plane, Float.BYTES))
        .order(ByteOrder.LITTLE_ENDIAN);
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW,
          StandardOpenOption.DELETE_ON_CLOSE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw AtomicFiles.cannotWrite(file, e);
    }
  }

  /** Keeps plane {@code k} of all classes, (class, y, x). */
  void write(int k, float[] probabilities) {
    try {
      for (int c = 0; c < outputs; c++) {
        buffer.clear().asFloatBuffer().put(probabilities, c * plane, plane);
        long at = ((long) c * planes + k) * plane * Float.BYTES;
        while (buffer.hasRemaining()) {
          at += channel.write(buffer, at);
        }
      }
    } catch (IOException e) {
      throw AtomicFiles.cannotWrite(file, e);
    }
  }

  private float[] read(int c) throws IOException {
    float[] values = new float[Math.multiplyExact(planes, plane)];
    for (int k = 0; k < planes; k++) {
      buffer.clear();
      long at = ((long) c * planes + k) * plane * Float.BYTES;
      while (buffer.hasRemaining()) {
        int n = channel.read(buffer, at);
        if (n < 0) {
          throw new IOException("the file of waiting probabilities is shorter than it was");
        }
        at += n;
      }
      buffer.flip().asFloatBuffer().get(values, k * plane, plane);
    }
    return values;
  }

  /** Writes all classes on the grid of the reader's array as nnU-Net's .npz, and its .pkl. */
  void finish(ProbabilityFile target, CaseProperties properties, boolean regions,
      Cancellation cancellation) {
    target.write(outputs, properties, c -> {
      cancellation.check("writing of probabilities");
      // What was cropped away is background.
      return CaseExport.toArray(read(c), c == 0 && !regions ? 1 : 0, properties);
    });
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw AtomicFiles.cannotWrite(file, e);
    }
  }
}
