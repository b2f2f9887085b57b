package io.fiducia.nnunet.store;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.nnunet.cases.CaseExport;
import io.fiducia.nnunet.cases.CaseProperties;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * nnU-Net's file of predicted probabilities: {@code CASE.npz} with {@code probabilities} (class, z, y,
 * x; float32) on the grid of the reader's array, and {@code CASE.pkl} with the case's properties.
 */
public final class ProbabilityFile {
  private static final String ENTRY = "probabilities.npy";
  private final Path arrays;
  private final Path properties;

  /** The files of a case in a folder; nothing need be there. */
  public ProbabilityFile(Path folder, String id) {
    FileNames.check(id, folder);
    this.arrays = folder.resolve(id + ".npz");
    this.properties = folder.resolve(id + ".pkl");
  }

  /** CASE.npz. */
  public Path arrays() {
    return arrays;
  }

  /** CASE.pkl. */
  public Path properties() {
    return properties;
  }

  /** Gives the array of one class. */
  @FunctionalInterface
  public interface Classes {
    float[] get(int c) throws IOException;
  }

  /** Writes both files of a case; the arrays come last. */
  public void write(int classes, CaseProperties p, Classes content) {
    byte[] pickle = PropertiesPickle.bytes(p);
    AtomicFiles.write(properties, out -> out.write(pickle));
    writeArrays(classes, CaseExport.arrayShape(p), content);
  }

  /** Writes CASE.npz only. @param shape (z, y, x) of each class */
  public void writeArrays(int classes, int[] shape, Classes content) {
    AtomicFiles.write(arrays, out -> {
      ZipOutputStream zip = new ZipOutputStream(out);
      zip.setLevel(Deflater.BEST_SPEED);
      ZipEntry entry = new ZipEntry(ENTRY);
      // The earliest time that a zip file can hold: same case, same bytes.
      entry.setTimeLocal(java.time.LocalDateTime.of(1980, 1, 1, 0, 0));
      zip.putNextEntry(entry);
      Npy.writeHeader(zip, "<f4", classes, shape[0], shape[1], shape[2]);
      for (int c = 0; c < classes; c++) {
        Npy.writeFloats(zip, content.get(c));
      }
      zip.closeEntry();
      zip.finish();
    });
  }

  /** Reads a file class by class. */
  public static final class Reading implements AutoCloseable {
    private final Path file;
    private final ZipFile zip;
    private final InputStream in;
    private final Npy.Header header;

    private Reading(Path file) throws IOException {
      this.file = file;
      this.zip = new ZipFile(file.toFile());
      boolean usable = false;
      try {
        ZipEntry entry = zip.getEntry(ENTRY);
        if (entry == null) {
          throw Npy.bad(file, "no array \"probabilities\" in the npz file",
              "expected what --save_probabilities writes");
        }
        this.in = new BufferedInputStream(zip.getInputStream(entry), 1 << 16);
        this.header = Npy.readHeader(in, file);
        if (header.shape().length != 4 || header.shape()[0] < 1
            || header.count() / header.shape()[0] > Integer.MAX_VALUE - 8) {
          throw Npy.bad(file, "probabilities of another form",
              "expected (class, z, y, x), found " + Arrays.toString(header.shape()));
        }
        usable = true;
      } finally {
        if (!usable) {
          zip.close();
        }
      }
    }

    /** The number of classes. */
    public int classes() {
      return header.shape()[0];
    }

    /** (z, y, x). */
    public int[] shape() {
      return Arrays.copyOfRange(header.shape(), 1, 4);
    }

    /** The next class's array. @throws FiduciaException BAD_INPUT where the file is damaged */
    public float[] next() {
      try {
        return Npy.readFloats(in, header, (int) (header.count() / classes()), file);
      } catch (IOException e) {
        throw damaged(file, e);
      }
    }

    @Override
    public void close() {
      try {
        zip.close();
      } catch (IOException e) {
        throw damaged(file, e);
      }
    }
  }

  /** Opens CASE.npz. @throws FiduciaException BAD_INPUT where it is absent, damaged or another file */
  public Reading open() {
    try {
      return new Reading(arrays);
    } catch (IOException e) {
      throw damaged(arrays, e);
    }
  }

  private static FiduciaException damaged(Path file, IOException e) {
    return FiduciaException.badInput("cannot read the file of probabilities", file,
        String.valueOf(e.getMessage()), "predict the case again with --save_probabilities", e);
  }
}
