package io.fiducia.nnunet.preprocess;

import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.augment.PatchSource;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.MappedByteBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A preprocessed case on disk, mapped into memory. Safe to read from several threads; the mapping
 * lasts as long as the object is reachable.
 */
public final class StoredCase implements PatchSource {
  /** A mapping may hold 2 GB at most; whole slices up to this are mapped together. */
  private static final long MAX_MAPPED_BYTES = 1L << 30;
  private final StoreHeader header;
  private final int[] shape;
  private final CaseProperties properties;
  private final int slicesPerFloatPart;
  private final int slicesPerShortPart;
  private final FloatBuffer[][] data;
  private final ShortBuffer[] seg;

  private StoredCase(FileChannel file, StoreHeader.Read read) throws IOException {
    header = read.header();
    shape = Grids.shapeOf(header.shape());
    StoreHeader.Layout layout = header.layout(read.textBytes());
    long slice = (long) shape[1] * shape[2];
    slicesPerFloatPart = slicesPerPart(4 * slice);
    slicesPerShortPart = slicesPerPart(2 * slice);
    data = new FloatBuffer[header.channels()][parts(slicesPerFloatPart)];
    for (int c = 0; c < data.length; c++) {
      for (int p = 0; p < data[c].length; p++) {
        int first = p * slicesPerFloatPart;
        int slices = Math.min(slicesPerFloatPart, shape[0] - first);
        data[c][p] = map(
            file, layout.data() + c * layout.channelStride() + 4 * slice * first,
            4 * slice * slices).asFloatBuffer();
      }
    }
    seg = new ShortBuffer[parts(slicesPerShortPart)];
    for (int p = 0; p < seg.length; p++) {
      int first = p * slicesPerShortPart;
      int slices = Math.min(slicesPerShortPart, shape[0] - first);
      seg[p] = map(file, layout.seg() + 2 * slice * first, 2 * slice * slices).asShortBuffer();
    }
    CaseProperties p = header.properties();
    properties = new CaseProperties(
        p.reader(), p.spacingMm(), p.transposeForward(), p.shapeBeforeCropping(), p.bounds(),
        p.shapeAfterCropping(), p.targetSpacingMm(), p.arrayGeometry(), p.fileGeometry(),
        p.fileDimensions(), locations(file, layout));
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
          "preprocess the data set first", e);
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
    for (StoreHeader.ClassCount c : header.classes()) {
      int[] zyx = new int[3 * c.count()];
      if (zyx.length > 0) {
        IntBuffer ints = map(file, at, 4L * zyx.length).asIntBuffer();
        ints.get(zyx);
        at += 4L * zyx.length;
      }
      entries.add(new ClassLocations.Entry(c.labels(), c.region(), zyx));
    }
    return new ClassLocations(entries);
  }

  private static int slicesPerPart(long sliceBytes) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, MAX_MAPPED_BYTES / sliceBytes));
  }

  private int parts(int slicesPerPart) {
    return (shape[0] - 1) / slicesPerPart + 1;
  }

  private static MappedByteBuffer map(FileChannel file, long at, long bytes) throws IOException {
    MappedByteBuffer buffer = file.map(FileChannel.MapMode.READ_ONLY, at, bytes);
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    return buffer;
  }

  /** The case's name. */
  @Override
  public String id() {
    return header.id();
  }

  /** Size (z, y, x). */
  @Override
  public int[] shape() {
    return shape.clone();
  }

  /** Number of image channels. */
  @Override
  public int channels() {
    return data.length;
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
    int voxels = Grids.voxels(size);
    if (dataOut.length < (long) voxels * channels() || segOut.length < voxels) {
      throw new IllegalArgumentException(
          "expected arrays of at least " + (long) voxels * channels() + " and " + voxels
              + ", found " + dataOut.length + " and " + segOut.length);
    }
    int[] low = new int[3];
    int[] high = new int[3];
    boolean whole = true;
    for (int a = 0; a < 3; a++) {
      low[a] = Math.max(0, start[a]);
      high[a] = Math.min(shape[a], start[a] + size[a]);
      whole &= low[a] == start[a] && high[a] == start[a] + size[a];
    }
    if (!whole) {
      Arrays.fill(dataOut, 0, voxels * channels(), 0);
      Arrays.fill(segOut, 0, voxels, NonzeroCrop.OUTSIDE);
      if (low[0] >= high[0] || low[1] >= high[1] || low[2] >= high[2]) {
        return;
      }
    }
    int width = high[2] - low[2];
    for (int z = low[0]; z < high[0]; z++) {
      for (int y = low[1]; y < high[1]; y++) {
        int to = ((z - start[0]) * size[1] + y - start[1]) * size[2] + low[2] - start[2];
        for (int c = 0; c < data.length; c++) {
          int from = ((z % slicesPerFloatPart) * shape[1] + y) * shape[2] + low[2];
          data[c][z / slicesPerFloatPart].get(from, dataOut, c * voxels + to, width);
        }
        int from = ((z % slicesPerShortPart) * shape[1] + y) * shape[2] + low[2];
        seg[z / slicesPerShortPart].get(from, segOut, to, width);
      }
    }
  }

  /** The whole case in memory. */
  public PreprocessedCase load() {
    int voxels = Grids.voxels(shape);
    float[][] channels = new float[data.length][voxels];
    for (int c = 0; c < data.length; c++) {
      int at = 0;
      for (FloatBuffer part : data[c]) {
        part.get(0, channels[c], at, part.capacity());
        at += part.capacity();
      }
    }
    short[] labels = new short[voxels];
    int at = 0;
    for (ShortBuffer part : seg) {
      part.get(0, labels, at, part.capacity());
      at += part.capacity();
    }
    return new PreprocessedCase(id(), shape(), channels, labels, properties);
  }
}
