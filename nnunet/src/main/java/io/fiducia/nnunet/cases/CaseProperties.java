package io.fiducia.nnunet.cases;

import io.fiducia.geometry.Geometry;
import java.util.List;

/**
 * What must be known of a preprocessed case to bring a prediction back to its file. Lists are
 * slowest axis first; "transposed" ones are in the axes of the network ({@code transpose_forward}).
 *
 * @param reader nnU-Net's name of the reader, such as SimpleITKIO
 * @param spacingMm distance of voxel centres of the array as read, not transposed
 * @param transposeForward network axis i is array axis {@code transposeForward[i]}
 * @param shapeBeforeCropping transposed
 * @param bounds half-open bounds of the nonzero crop, transposed: three pairs
 * @param shapeAfterCropping transposed; logits are resampled to this shape
 * @param targetSpacingMm spacing of the preprocessed array, transposed
 * @param arrayGeometry grid of the array as read, after any reorientation by the reader
 * @param fileGeometry grid of the file
 * @param fileDimensions 2 for a file with two axes, else 3
 * @param classLocations empty for a case without labels
 */
public record CaseProperties(
    String reader,
    List<Double> spacingMm,
    List<Integer> transposeForward,
    List<Integer> shapeBeforeCropping,
    List<List<Integer>> bounds,
    List<Integer> shapeAfterCropping,
    List<Double> targetSpacingMm,
    Geometry arrayGeometry,
    Geometry fileGeometry,
    int fileDimensions,
    ClassLocations classLocations) {
  public CaseProperties {
    spacingMm = List.copyOf(spacingMm);
    transposeForward = List.copyOf(transposeForward);
    shapeBeforeCropping = List.copyOf(shapeBeforeCropping);
    bounds = bounds.stream().map(List::copyOf).toList();
    shapeAfterCropping = List.copyOf(shapeAfterCropping);
    targetSpacingMm = List.copyOf(targetSpacingMm);
  }

  /** Spacing before resampling in the network's axes, in millimetres. */
  public double[] transposedSpacingMm() {
    return Grids.permute(
        spacingMm.stream().mapToDouble(Double::doubleValue).toArray(),
        Grids.shapeOf(transposeForward));
  }

  /** The crop's bounds as an array: three half-open pairs. */
  int[][] boundsArray() {
    return bounds.stream().map(Grids::shapeOf).toArray(int[][]::new);
  }
}
