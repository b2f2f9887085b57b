package io.fiducia.nnunet.cases;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.AxisMap;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
import io.fiducia.geometry.Size;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.nnunet.dataset.NnunetReader;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Reorient;
import java.nio.file.Path;

/** The way back from the network's axes to the grid of a case's file. */
public final class CaseExport {
  private CaseExport() {}

  /**
   * Labels on the grid of the file.
   *
   * @param labels labels of shape {@link CaseProperties#shapeAfterCropping()}, that is after
   *     resampling back; what was cropped away becomes 0
   */
  public static LabelVolume toFile(short[] labels, CaseProperties p) {
    int[] shape = Grids.shapeOf(p.shapeBeforeCropping());
    int[][] bounds = p.boundsArray();
    short[] whole = labels;
    if (!Grids.isWhole(shape, bounds)) {
      whole = new short[Grids.voxels(shape)];
      Grids.insert(labels, whole, shape, bounds);
    }
    short[] array = Grids.transpose(whole, shape,
        Grids.inverse(Grids.shapeOf(p.transposeForward())));
    return arrayToFile(array, p.arrayGeometry(), p.fileGeometry(), p.reader());
  }

  private static LabelVolume arrayToFile(short[] array, Geometry grid, Geometry file,
      String reader) {
    if (!NnunetReader.named(reader).reorients()) {
      return new LabelVolume(file, array);
    }
    AxisMap back = Orientation.of(grid).to(Orientation.of(file));
    return new LabelVolume(file, Reorient.apply(array, grid.size(), back));
  }

  /**
   * Labels on the grid of a file, from those of the array that the reader made of such a file.
   *
   * @param shape (z, y, x) of the array
   * @param source names the array in messages
   * @throws FiduciaException BAD_INPUT if the file's grid has another size
   */
  public static LabelVolume arrayToFile(short[] array, int[] shape, Geometry file, String reader,
      Object source) {
    Geometry grid = NnunetReader.named(reader).reorients()
        ? Orientation.of(file).to(new Orientation("RAS")).apply(file)
        : file;
    Size size = grid.size();
    if (size.z() != shape[0] || size.y() != shape[1] || size.x() != shape[2]) {
      throw FiduciaException.badInput("an array does not fit the label map beside it", source,
          "expected (z, y, x) [" + size.z() + ", " + size.y() + ", " + size.x() + "], found "
              + java.util.Arrays.toString(shape),
          "predict the case again");
    }
    return arrayToFile(array, grid, file, reader);
  }

  /**
   * One class's values on the grid of the array as the reader gave it.
   *
   * @param cropped values of shape {@link CaseProperties#shapeAfterCropping()}
   * @param outside the value of what was cropped away
   */
  public static float[] toArray(float[] cropped, float outside, CaseProperties p) {
    int[] shape = Grids.shapeOf(p.shapeBeforeCropping());
    int[][] bounds = p.boundsArray();
    float[] whole = cropped;
    if (!Grids.isWhole(shape, bounds)) {
      whole = new float[Grids.voxels(shape)];
      java.util.Arrays.fill(whole, outside);
      Grids.insert(cropped, whole, shape, bounds);
    }
    return Grids.transpose(whole, shape, Grids.inverse(Grids.shapeOf(p.transposeForward())));
  }

  /** (z, y, x) of the array as the reader gave it. */
  public static int[] arrayShape(CaseProperties p) {
    return Grids.permute(Grids.shapeOf(p.shapeBeforeCropping()),
        Grids.inverse(Grids.shapeOf(p.transposeForward())));
  }

  /**
   * Writes labels on the grid of the file in the format of its reader, a file with two axes as one
   * with two axes; numbers of 8 bits where they suffice, else of 16.
   *
   * <p>Difference from nnU-Net: SimpleITKIOWithReorient writes 8 bits always, and so loses labels
   * above 255.
   *
   * @param labels as {@link #toFile} gives them
   * @throws FiduciaException BAD_INPUT if the format cannot hold them or the place
   *     cannot be written; OUT_OF_RESOURCES if the disk is full
   */
  public static void write(Path file, LabelVolume labels, CaseProperties p) {
    write(file, labels, NnunetReader.named(p.reader()), p.fileDimensions());
  }

  /**
   * Writes labels in the format of a reader.
   *
   * @param fileDimensions 2 for a file with two axes, else 3
   */
  static void write(Path file, LabelVolume labels, NnunetReader reader, int fileDimensions) {
    if (reader.nifti().isEmpty()) {
      Pictures.write(file, labels, reader);
      return;
    }
    NiftiImage image = NiftiImage.ofLabels(labels);
    NiftiWriter.write(file, fileDimensions == 2 ? image.asPlane() : image);
  }
}
