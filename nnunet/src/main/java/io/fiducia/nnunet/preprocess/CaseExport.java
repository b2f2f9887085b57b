package io.fiducia.nnunet.preprocess;

import io.fiducia.geometry.AxisMap;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Orientation;
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
      int width = bounds[2][1] - bounds[2][0];
      int from = 0;
      for (int z = bounds[0][0]; z < bounds[0][1]; z++) {
        for (int y = bounds[1][0]; y < bounds[1][1]; y++, from += width) {
          System.arraycopy(
              labels, from, whole, (z * shape[1] + y) * shape[2] + bounds[2][0], width);
        }
      }
    }
    short[] array = Grids.transpose(whole, shape,
        Grids.inverse(Grids.shapeOf(p.transposeForward())));
    Geometry grid = p.arrayGeometry();
    if (NnunetReader.named(p.reader()).reorients()) {
      AxisMap back = Orientation.of(grid).to(Orientation.of(p.fileGeometry()));
      array = Reorient.apply(array, grid.size(), back);
    }
    return new LabelVolume(p.fileGeometry(), array);
  }

  /**
   * Writes labels on the grid of the file in the format of its reader, a file with two axes as one
   * with two axes; numbers of 8 bits where they suffice, else of 16.
   *
   * <p>Difference from nnU-Net: SimpleITKIOWithReorient writes 8 bits always, and so loses labels
   * above 255.
   *
   * @param labels as {@link #toFile} gives them
   * @throws io.fiducia.base.FiduciaException BAD_INPUT if the format cannot hold them or the place
   *     cannot be written; OUT_OF_RESOURCES if the disk is full
   */
  public static void write(Path file, LabelVolume labels, CaseProperties p) {
    NnunetReader reader = NnunetReader.named(p.reader());
    if (reader.nifti().isEmpty()) {
      Pictures.write(file, labels, reader);
      return;
    }
    NiftiImage image = NiftiImage.ofLabels(labels);
    NiftiWriter.write(file, p.fileDimensions() == 2 ? image.asPlane() : image);
  }
}
