package io.fiducia.anatomy.statistics;

import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Volume and intensity of each structure as TotalSegmentator's {@code get_basic_statistics} computes
 * them, for all structures in one pass over the label map.
 *
 * <p>Numbers are TotalSegmentator's own, with its limits. Intensities are cut to whole numbers of 16
 * bits: fractions are lost, and an intensity beyond -32768 to 32767 wraps around (40000 counts as
 * -25536), so that figures of images with a larger range (some MR and PET) are wrong. Normalisation
 * subtracts and divides in the same 16 bits: it is wrong for an image whose range exceeds 32767, it
 * depends on single outliers such as metal, and it is no number for a constant image. A volume is the
 * count of voxels times a voxel's volume in single precision.
 */
public final class BasicStatistics {
  private static final int BORDER = 3;

  private BasicStatistics() {}

  /**
   * The figures of some structures, in the order of the map.
   *
   * @param labels on the grid of the image
   * @param classes names by label; leave out what is not wanted
   */
  public static List<StructureStatistics> of(LabelVolume labels, FloatVolume image,
      Map<Integer, String> classes, StatisticsOptions options) {
    Size size = labels.geometry().size();
    if (!size.equals(image.geometry().size())) {
      throw new IllegalArgumentException(
          "labels of " + size + " voxels for an image of " + image.geometry().size());
    }
    IntensityScale scale = options.normalized() ? IntensityScale.of(image) : IntensityScale.NONE;
    boolean histogram = options.aggregation() == Aggregation.MEDIAN;
    int chunks = Math.min(size.z(), Math.max(1, Runtime.getRuntime().availableProcessors()));
    Tallies tallies = IntStream.range(0, chunks).parallel().mapToObj(c -> {
      Tallies part = new Tallies(classes.keySet(), histogram);
      int end = (int) ((long) size.z() * (c + 1) / chunks);
      for (int k = (int) ((long) size.z() * c / chunks); k < end; k++) {
        part.addSlice(labels.data(), image.data(), size, k, scale);
      }
      return part;
    }).reduce(Tallies::merge).orElseThrow();
    Vec3 mm = image.geometry().spacingMm();
    double voxelMm3 = (float) mm.x() * (float) mm.y() * (float) mm.z();
    return classes.entrySet().stream().map(e -> tallies.get(e.getKey())
        .statistics(e.getValue(), options, scale, voxelMm3, size, BORDER)).toList();
  }
}
