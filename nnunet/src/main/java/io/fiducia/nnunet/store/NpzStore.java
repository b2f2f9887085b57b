package io.fiducia.nnunet.store;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.nnunet.cases.ClassLocations;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.dataset.FolderListing;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A folder of preprocessed cases as nnU-Net's numpy datasets: {@code CASE.npz} with {@code data}
 * (channels, z, y, x; float32) and {@code seg} (1, z, y, x; int16), and {@code CASE.pkl} with the
 * properties. For exchange; training here reads {@link PreprocessedStore}.
 */
public final class NpzStore {
  private final Path folder;

  /** A store in a folder, which is made when the first case is written. */
  public NpzStore(Path folder) {
    this.folder = folder;
  }

  /** The file of a case's arrays. */
  public Path arraysFile(String id) {
    return folder.resolve(FileNames.check(id, folder) + ".npz");
  }

  /** The file of a case's properties. */
  public Path propertiesFile(String id) {
    return folder.resolve(FileNames.check(id, folder) + ".pkl");
  }

  /** Arrays of a case: data per channel and labels, both of a shape (z, y, x). */
  public record Arrays(int[] shape, float[][] data, short[] seg) {}

  /** Names of the cases, sorted; empty where there is no folder. */
  public List<String> ids() {
    return FolderListing.stems(folder, ".npz");
  }

  /** Labels of a shape (z, y, x). */
  record Labels(int[] shape, short[] values) {}

  /** Writes a file with {@code seg} alone, (z, y, x), as uint8 or, above 255 labels, uint16. */
  static void writeLabels(Path file, int[] shape, short[] labels) {
    int largest = 0;
    for (short v : labels) {
      largest = Math.max(largest, v);
    }
    boolean bytes = largest < 256;
    AtomicFiles.write(file, out -> {
      ZipOutputStream zip = new ZipOutputStream(out);
      zip.setLevel(Deflater.BEST_SPEED);
      zip.putNextEntry(entry("seg.npy"));
      Npy.writeHeader(zip, bytes ? "|u1" : "<u2", shape);
      if (bytes) {
        Npy.writeBytes(zip, labels);
      } else {
        Npy.writeShorts(zip, labels);
      }
      zip.closeEntry();
      zip.finish();
    });
  }

  /** Reads what {@link #writeLabels} or nnU-Net wrote. @throws FiduciaException BAD_INPUT if damaged */
  static Labels readLabels(Path file) {
    try (ZipFile zip = new ZipFile(file.toFile()); InputStream seg = open(zip, file, "seg")) {
      Npy.Header s = Npy.readHeader(seg, file + ", seg");
      if (s.shape().length != 3 || s.count() > Integer.MAX_VALUE - 8) {
        throw Npy.bad(file, "array that is no label map",
            "expected (z, y, x), found " + java.util.Arrays.toString(s.shape()));
      }
      return new Labels(s.shape(), Npy.readShorts(seg, s, (int) s.count(), file + ", seg"));
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot read the npz file", file,
          String.valueOf(e.getMessage()), "check that the file is whole and may be read", e);
    }
  }

  /** Writes a case. The arrays come last, so that where they are the properties are too. */
  public void write(PreprocessedCase c, String inputs) {
    byte[] pickle = PropertiesPickle.bytes(c.properties());
    AtomicFiles.write(propertiesFile(c.id()), out -> out.write(pickle));
    int[] s = c.shape();
    AtomicFiles.write(arraysFile(c.id()), out -> {
      ZipOutputStream zip = new ZipOutputStream(out);
      zip.setLevel(Deflater.BEST_SPEED);
      // numpy ignores the comment; here it says whether the case must be preprocessed again.
      zip.setComment(inputs);
      zip.putNextEntry(entry("data.npy"));
      Npy.writeHeader(zip, "<f4", c.data().length, s[0], s[1], s[2]);
      for (float[] channel : c.data()) {
        Npy.writeFloats(zip, channel);
      }
      zip.closeEntry();
      zip.putNextEntry(entry("seg.npy"));
      Npy.writeHeader(zip, "<i2", 1, s[0], s[1], s[2]);
      Npy.writeShorts(zip, c.seg());
      zip.closeEntry();
      zip.finish();
    });
  }

  private static ZipEntry entry(String name) {
    ZipEntry entry = new ZipEntry(name);
    // The earliest time that a zip file can hold: same case, same bytes.
    entry.setTimeLocal(java.time.LocalDateTime.of(1980, 1, 1, 0, 0));
    return entry;
  }

  /** The inputs' fingerprint of a stored case; empty if there is none or it cannot be read. */
  public Optional<String> inputsOf(String id) {
    if (!Files.isRegularFile(arraysFile(id)) || !Files.isRegularFile(propertiesFile(id))) {
      return Optional.empty();
    }
    try (ZipFile zip = new ZipFile(arraysFile(id).toFile())) {
      return Optional.ofNullable(zip.getComment());
    } catch (IOException e) {
      // A damaged file is written again.
      return Optional.empty();
    }
  }

  /**
   * Reads a case's arrays, whether nnU-Net or this class wrote them.
   *
   * @throws FiduciaException BAD_INPUT where the file is absent, damaged, or does not hold what it
   *     should
   */
  public Arrays read(String id) {
    Path path = arraysFile(id);
    try (ZipFile zip = new ZipFile(path.toFile())) {
      try (InputStream data = open(zip, path, "data"); InputStream seg = open(zip, path, "seg")) {
        Npy.Header d = Npy.readHeader(data, path + ", data");
        Npy.Header s = Npy.readHeader(seg, path + ", seg");
        int[] shape = d.shape();
        boolean fits = shape.length == 4 && s.shape().length == 4 && s.shape()[0] == 1
            && shape[1] == s.shape()[1] && shape[2] == s.shape()[2] && shape[3] == s.shape()[3]
            && s.count() <= Integer.MAX_VALUE - 8;
        if (!fits) {
          throw Npy.bad(path, "arrays that are no preprocessed case",
              "expected data (c, z, y, x) and seg (1, z, y, x), found "
                  + java.util.Arrays.toString(shape) + " and "
                  + java.util.Arrays.toString(s.shape()));
        }
        float[][] channels = new float[shape[0]][];
        for (int c = 0; c < channels.length; c++) {
          channels[c] = Npy.readFloats(data, d, (int) s.count(), path + ", data");
        }
        short[] labels = Npy.readShorts(seg, s, (int) s.count(), path + ", seg");
        return new Arrays(new int[]{shape[1], shape[2], shape[3]}, channels, labels);
      }
    } catch (ZipException e) {
      throw FiduciaException.badInput(
          "damaged npz file", path, String.valueOf(e.getMessage()), "preprocess again", e);
    } catch (IOException e) {
      throw FiduciaException.badInput(
          "cannot read the npz file", path, String.valueOf(e.getMessage()),
          "check that the file exists and may be read", e);
    }
  }

  /**
   * Reads the class locations of a case from its pickle, whether nnU-Net or this class wrote it;
   * none for a case without labels. Nothing in the pickle is run.
   *
   * @throws FiduciaException BAD_INPUT where the file is absent, damaged, or does not hold what it
   *     should
   */
  public ClassLocations classLocations(String id) {
    return PickledLocations.read(propertiesFile(id));
  }

  private static InputStream open(ZipFile zip, Path path, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name + ".npy");
    if (entry == null) {
      throw Npy.bad(path, "no array \"" + name + "\" in the npz file", "expected data and seg");
    }
    return new BufferedInputStream(zip.getInputStream(entry), 1 << 16);
  }
}
