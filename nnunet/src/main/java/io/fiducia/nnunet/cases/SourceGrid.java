package io.fiducia.nnunet.cases;

import io.fiducia.geometry.Geometry;
import java.util.List;

/**
 * The grid of a case's files, and that of the arrays which nnU-Net's reader makes of them.
 *
 * @param reader nnU-Net's name of the reader, such as SimpleITKIO
 * @param spacingMm distance of voxel centres (z, y, x) of the array as the reader states it, in mm: the
 *     header's, 999 times the larger pixel between the slices of a NIfTI file with two axes, 999 for
 *     pictures
 * @param array grid of the array, after any reorientation by the reader
 * @param file grid of the file
 * @param fileDimensions 2 for a file with two axes, else 3
 */
public record SourceGrid(String reader, List<Double> spacingMm, Geometry array, Geometry file,
    int fileDimensions) {
  public SourceGrid {
    spacingMm = List.copyOf(spacingMm);
  }
}
