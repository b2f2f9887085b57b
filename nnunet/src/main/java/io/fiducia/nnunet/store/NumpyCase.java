package io.fiducia.nnunet.store;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.learn.augment.PatchSource;
import io.fiducia.nnunet.cases.ClassLocations;
import io.fiducia.nnunet.cases.Grids;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * A preprocessed case of an {@link NpzStore}, whoever wrote it, for training. Patches cannot be cut
 * from a compressed file, so its arrays are unpacked once, into a folder {@code NAME_unpacked} beside
 * the store's (upstream refuses foreign files in its own), and mapped from there.
 */
final class NumpyCase implements PatchSource {
  private static final String UNPACKED = "_unpacked";
  private final String id;
  private final MappedArrays arrays;
  private final ClassLocations locations;

  private NumpyCase(String id, MappedArrays arrays, ClassLocations locations) {
    this.id = id;
    this.arrays = arrays;
    this.locations = locations;
  }

  /**
   * Opens a case, unpacking it first where that was not done since its file was written.
   *
   * @throws FiduciaException BAD_INPUT where a file is absent, damaged, or does not hold what it
   *     should; OUT_OF_RESOURCES if the disk is full
   */
  static NumpyCase open(NpzStore store, String id) {
    Path npz = store.arraysFile(id);
    Path data = unpacked(npz, id + ".npy");
    Path seg = unpacked(npz, id + "_seg.npy");
    ClassLocations locations = store.classLocations(id);
    if (stale(data, npz) || stale(seg, npz)) {
      NpzStore.Arrays arrays = store.read(id);
      int[] s = arrays.shape();
      AtomicFiles.write(data, out -> {
        Npy.writeHeader(out, "<f4", arrays.data().length, s[0], s[1], s[2]);
        for (float[] channel : arrays.data()) {
          Npy.writeFloats(out, channel);
        }
      });
      AtomicFiles.write(seg, out -> {
        Npy.writeHeader(out, "<i2", 1, s[0], s[1], s[2]);
        Npy.writeShorts(out, arrays.seg());
      });
    }
    return new NumpyCase(id, map(data, seg), locations);
  }

  private static MappedArrays map(Path data, Path seg) {
    int[] shape = header(data).shape();
    int[] grid = {shape[1], shape[2], shape[3]};
    long stride = 4L * Grids.voxels(grid);
    try (FileChannel dataFile = FileChannel.open(data, StandardOpenOption.READ);
        FileChannel segFile = FileChannel.open(seg, StandardOpenOption.READ)) {
      return new MappedArrays(grid,
          new MappedArrays.Channels(
              new MappedArrays.Place(dataFile, dataFile.size() - stride * shape[0]), stride,
              shape[0]),
          new MappedArrays.Place(segFile, segFile.size() - 2L * Grids.voxels(grid)));
    } catch (IOException e) {
      throw unreadable(data, e);
    }
  }

  /** Labels alone: the array {@code seg}, (z, y, x), of an npz file that holds nothing else. */
  static MappedArrays openLabels(Path npz, String id) {
    Path seg = unpacked(npz, id + ".npy");
    if (stale(seg, npz)) {
      NpzStore.Labels labels = NpzStore.readLabels(npz);
      AtomicFiles.write(seg, out -> {
        int[] s = labels.shape();
        Npy.writeHeader(out, "<i2", s[0], s[1], s[2]);
        Npy.writeShorts(out, labels.values());
      });
    }
    int[] shape = header(seg).shape();
    try (FileChannel file = FileChannel.open(seg, StandardOpenOption.READ)) {
      return new MappedArrays(shape,
          new MappedArrays.Place(file, file.size() - 2L * Grids.voxels(shape)));
    } catch (IOException e) {
      throw unreadable(seg, e);
    }
  }

  private static Path unpacked(Path npz, String name) {
    Path folder = npz.toAbsolutePath().getParent();
    return folder.resolveSibling(folder.getFileName() + UNPACKED).resolve(name);
  }

  private static boolean stale(Path unpacked, Path npz) {
    try {
      return !Files.exists(unpacked)
          || Files.getLastModifiedTime(unpacked).compareTo(Files.getLastModifiedTime(npz)) < 0;
    } catch (IOException e) {
      throw unreadable(npz, e);
    }
  }

  private static Npy.Header header(Path npy) {
    try (var in = Files.newInputStream(npy)) {
      return Npy.readHeader(in, npy);
    } catch (IOException e) {
      throw unreadable(npy, e);
    }
  }

  private static FiduciaException unreadable(Path path, IOException e) {
    return FiduciaException.badInput("cannot read the preprocessed case", path,
        String.valueOf(e.getMessage()), "check that the file exists and may be read", e);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public int[] shape() {
    return arrays.shape();
  }

  @Override
  public int channels() {
    return arrays.channels();
  }

  @Override
  public void readPatch(int[] start, int[] size, float[] data, short[] seg) {
    arrays.read(start, size, data, seg);
  }

  @Override
  public Map<Integer, int[]> classLocations() {
    return locations.byNumber();
  }
}
