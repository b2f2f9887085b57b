package io.fiducia.universeg.support;

import io.fiducia.geometry.Vec3;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.volume.FloatVolume;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the places of structures in one image by what the support's images look like around them, without
 * any network: the whole images are laid on each other by a shift, then the neighbourhood of the structure
 * is. It keeps the shifts of whole images for the structures to come. For one thread.
 */
public final class PlaceFinder {
  /** The neighbourhood is looked for this many coarse voxels around where the whole image says. */
  private static final double REACH = 1.5;
  /** Whole images may show different parts of the body. */
  private static final double WHOLE_OVERLAP = 0.4;
  /**
   * The neighbourhood must be seen as a whole: a part of it looks alike in many places. With four support
   * cases, on 12 training cases of Dataset004, the middle of the place was off by 7.9 mm in the mean with
   * 0.4, and by 2.7 mm with 0.95.
   */
  private static final double NEAR_OVERLAP = 0.95;

  private final FloatVolume image;
  private final BoxMm all;
  private final Map<ShiftSearch.Block, Vec3> shifts = new IdentityHashMap<>();

  /** A place for a structure, and how much it looks like the support's: -1 to 1. */
  public record Place(BoxMm box, double likeness) {}

  /** Finds places in an image. */
  public PlaceFinder(FloatVolume image) {
    this.image = image;
    this.all = BoxMm.of(image.geometry());
  }

  /** The median place that the half of the cases gives that look most like the image. */
  public Place find(List<Surroundings> cases) {
    List<Place> places = cases.stream().map(this::find)
        .sorted(Comparator.comparingDouble(Place::likeness).reversed()).toList();
    List<Place> best = places.subList(0, (places.size() + 1) / 2);
    return new Place(BoxMm.median(best.stream().map(Place::box).toList()),
        best.getFirst().likeness());
  }

  private Place find(Surroundings of) {
    Vec3 shift = shifts.computeIfAbsent(of.whole(), this::shiftOfWhole);
    BoxMm reach = of.near().box().moved(shift).grown(REACH * of.whole().voxelMm());
    ShiftSearch.Match match = ShiftSearch.best(of.near(),
        ShiftSearch.Block.of(image, reach, of.near().voxelMm()), NEAR_OVERLAP);
    return Double.isNaN(match.correlation())
        ? new Place(of.box().moved(shift), 0)
        : new Place(of.box().moved(match.shiftMm()), match.correlation());
  }

  private Vec3 shiftOfWhole(ShiftSearch.Block whole) {
    ShiftSearch.Match match = ShiftSearch.best(whole,
        ShiftSearch.Block.of(image, all, whole.voxelMm()), WHOLE_OVERLAP);
    return Double.isNaN(match.correlation())
        ? all.centre().minus(whole.box().centre())
        : match.shiftMm();
  }
}
