package io.fiducia.universeg.segment;

import io.fiducia.geometry.SlicePlane;
import io.fiducia.universeg.slice.BoxMm;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a volume is segmented.
 *
 * @param supportSize support slices for each target slice
 * @param draws support sets drawn for each slice; the probabilities are averaged, and their spread says
 *     how sure the result is
 * @param planes in which slices are cut; the probabilities are averaged
 * @param region where to look; empty: the place is found from the support's images
 * @param overlap whether structures may overlap; otherwise each voxel belongs to the likeliest
 * @param cleanUp whether pieces are removed that the support's structures do not have
 * @param seed of the draws
 */
public record SegmentSettings(int supportSize, int draws, List<SlicePlane> planes,
    Optional<BoxMm> region, boolean overlap, boolean cleanUp, long seed) {
  /** Support slices for each target slice unless something else is asked. */
  public static final int SUPPORT_SIZE = 16;
  /** Draws unless something else is asked. */
  public static final int DRAWS = 5;

  public SegmentSettings {
    planes = List.copyOf(planes);
    if (supportSize < 1 || draws < 1 || planes.isEmpty()
        || Set.copyOf(planes).size() != planes.size()) {
      throw new IllegalArgumentException(
          "support size " + supportSize + ", draws " + draws + ", planes " + planes);
    }
  }

  /** The usual settings: axial slices, separate structures, clean-up. */
  public static SegmentSettings usual() {
    return new SegmentSettings(SUPPORT_SIZE, DRAWS, List.of(SlicePlane.AXIAL), Optional.empty(),
        false,
        true, 0);
  }

  /** The same with other numbers of supports and draws. */
  public SegmentSettings with(int otherSupportSize, int otherDraws) {
    return new SegmentSettings(otherSupportSize, otherDraws, planes, region, overlap, cleanUp,
        seed);
  }

  /** The same with another seed. */
  public SegmentSettings withSeed(long other) {
    return new SegmentSettings(supportSize, draws, planes, region, overlap, cleanUp, other);
  }
}
