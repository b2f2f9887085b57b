package io.fiducia.nnunet.store;

import io.fiducia.base.FiduciaException;
import io.fiducia.learn.augment.PatchSource;
import io.fiducia.nnunet.cases.CaseProperties;
import io.fiducia.nnunet.cases.ClassLocations;
import io.fiducia.nnunet.cases.Grids;
import io.fiducia.nnunet.cases.PreprocessedCase;
import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A preprocessed case on disk, mapped into memory. Safe to read from several threads; the mapping
 * lasts as long as the object is reachable.
 */
public final class StoredCase implements PatchSource {
  private final StoreHeader header;
  private final CaseProperties properties;
  private final MappedArrays arrays;

  private StoredCase(FileChannel file, StoreHeader.Read read) throws IOException {
    header = read.header();
    StoreHeader.Layout layout = header.layout(read.textBytes());
    arrays = new MappedArrays(Grids.shapeOf(header.arrays().shape()),
        new MappedArrays.Channels(new MappedArrays.Place(file, layout.data()),
            layout.channelStride(), header.arrays().channels()),
        new MappedArrays.Place(file, layout.seg()));
    properties = header.properties().with(locations(file, layout));
  }

  /**
   * Opens and checks a file of a {@link PreprocessedStore}.
   *
   * @throws FiduciaException BAD_INPUT where the file is absent, damaged or of another version
   */
  public static StoredCase open(Path path) {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      return new StoredCase(file, StoreHeader.read(file, path));
    } catch (NoSuchFileException e) {
      throw FiduciaException.badInput(
          "no such preprocessed case", path, "the file does not exist",
          "preprocess the dataset first", e);
    } catch (IOException e) {
      throw FiduciaException.badInput(
          "cannot read the preprocessed case", path, String.valueOf(e.getMessage()),
          "check that the file may be read, or preprocess again", e);
    }
  }

  private ClassLocations locations(FileChannel file, StoreHeader.Layout layout)
      throws IOException {
    List<ClassLocations.Entry> entries = new ArrayList<>();
    long at = layout.locations();
    for (StoreHeader.ClassCount c : header.arrays().classes()) {
      int[] zyx = new int[3 * c.count()];
      if (zyx.length > 0) {
        IntBuffer ints = MappedArrays.map(file, at, 4L * zyx.length).asIntBuffer();
        ints.get(zyx);
        at += 4L * zyx.length;
      }
      entries.add(new ClassLocations.Entry(c.labels(), c.region(), zyx));
    }
    return new ClassLocations(entries);
  }

  /** The case's name. */
  @Override
  public String id() {
    return header.id();
  }

  /** Size (z, y, x). */
  @Override
  public int[] shape() {
    return arrays.shape();
  }

  /** Number of image channels. */
  @Override
  public int channels() {
    return arrays.channels();
  }

  /** What is needed to go back to the file, with the class locations. */
  public CaseProperties properties() {
    return properties;
  }

  /** Fingerprint of the plans and input files from which the case was made. */
  public String inputs() {
    return header.inputs();
  }

  /** Class locations by number, n times (z, y, x); see {@link ClassLocations#byNumber()}. */
  @Override
  public Map<Integer, int[]> classLocations() {
    return properties.classLocations().byNumber();
  }

  /**
   * Reads a box that may reach outside the image: there data are 0 and seg is -1.
   *
   * @param start first voxel (z, y, x), may be negative
   * @param size (z, y, x)
   * @param dataOut gets channels times the box, row-major
   * @param segOut gets the box
   * @throws IllegalArgumentException if an array is too short; what is beyond the box is left
   */
  @Override
  public void readPatch(int[] start, int[] size, float[] dataOut, short[] segOut) {
    arrays.read(start, size, dataOut, segOut);
  }

  /** The whole case in memory. */
  public PreprocessedCase load() {
    return new PreprocessedCase(id(), shape(), arrays.loadData(), arrays.loadSeg(), properties);
  }
}
