package io.fiducia.nnunet.cases;

import io.fiducia.geometry.Geometry;
import java.util.List;

/**
 * What must be known of a preprocessed case to bring a prediction back to its file. Lists are
 * slowest axis first; "transposed" ones are in the axes of the network ({@code transpose_forward}).
 *
 * @param source the grid of the file and of the array as read, not transposed
 * @param transposeForward network axis i is array axis {@code transposeForward[i]}
 * @param crop the nonzero region that was cut out, transposed
 * @param targetSpacingMm spacing of the preprocessed array, transposed
 * @param classLocations empty for a case without labels
 */
public record CaseProperties(SourceGrid source, List<Integer> transposeForward, Crop crop,
    List<Double> targetSpacingMm, ClassLocations classLocations) {
  /**
   * The region of an image that is kept.
   *
   * @param shapeBefore shape of the whole image
   * @param bounds half-open bounds of the region, a pair per axis
   * @param shapeAfter shape of the region; logits are resampled to it
   */
  public record Crop(List<Integer> shapeBefore, List<List<Integer>> bounds,
      List<Integer> shapeAfter) {
    public Crop {
      shapeBefore = List.copyOf(shapeBefore);
      bounds = bounds.stream().map(List::copyOf).toList();
      shapeAfter = List.copyOf(shapeAfter);
    }

    /** The whole of an image. */
    public static Crop whole(List<Integer> shape) {
      return new Crop(shape, shape.stream().map(n -> List.of(0, n)).toList(), shape);
    }
  }

  public CaseProperties {
    transposeForward = List.copyOf(transposeForward);
    targetSpacingMm = List.copyOf(targetSpacingMm);
  }

  /** The same case with other class locations. */
  public CaseProperties with(ClassLocations locations) {
    return new CaseProperties(source, transposeForward, crop, targetSpacingMm, locations);
  }

  /** nnU-Net's name of the reader, such as SimpleITKIO. */
  public String reader() {
    return source.reader();
  }

  /** Distance of voxel centres of the array as read, not transposed, in mm. */
  public List<Double> spacingMm() {
    return source.spacingMm();
  }

  /** Shape of the whole image, transposed. */
  public List<Integer> shapeBeforeCropping() {
    return crop.shapeBefore();
  }

  /** Half-open bounds of the nonzero crop, transposed: three pairs. */
  public List<List<Integer>> bounds() {
    return crop.bounds();
  }

  /** Shape of the nonzero crop, transposed; logits are resampled to it. */
  public List<Integer> shapeAfterCropping() {
    return crop.shapeAfter();
  }

  /** Grid of the array as read, after any reorientation by the reader. */
  public Geometry arrayGeometry() {
    return source.array();
  }

  /** Grid of the file. */
  public Geometry fileGeometry() {
    return source.file();
  }

  /** 2 for a file with two axes, else 3. */
  public int fileDimensions() {
    return source.fileDimensions();
  }

  /** Spacing before resampling in the network's axes, in mm. */
  public double[] transposedSpacingMm() {
    return Grids.permute(
        spacingMm().stream().mapToDouble(Double::doubleValue).toArray(),
        Grids.shapeOf(transposeForward));
  }

  /** The crop's bounds as an array: three half-open pairs. */
  int[][] boundsArray() {
    return bounds().stream().map(Grids::shapeOf).toArray(int[][]::new);
  }
}
