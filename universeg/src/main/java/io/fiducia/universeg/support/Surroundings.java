package io.fiducia.universeg.support;

import io.fiducia.geometry.Vec3;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.volume.FloatVolume;
import java.util.Comparator;
import java.util.List;

/**
 * Where a structure lies in a case, and what the image looks like there: enough to find the place in
 * another image without any network. First the whole images are laid on each other by a shift, then the
 * neighbourhood of the structure is.
 *
 * @param box the structure's
 * @param whole the case's image, coarse
 * @param near the neighbourhood of the structure, finer
 */
public record Surroundings(BoxMm box, ShiftSearch.Block whole, ShiftSearch.Block near) {
  /** Voxels along the longest side of a coarse image; a shift search tries about as many cubed. */
  private static final int WHOLE_VOXELS = 24;
  private static final int NEAR_VOXELS = 24;
  private static final double NEAR_MARGIN = 0.35;
  private static final double LEAST_MARGIN_MM = 8;
  /** The neighbourhood is looked for this many coarse voxels around where the whole image says. */
  private static final double REACH = 1.5;
  /** Whole images may show different parts of the body. */
  private static final double WHOLE_OVERLAP = 0.4;
  /**
   * The neighbourhood must be seen as a whole: a part of it looks alike in many places. On 10 images of
   * Dataset004 and 4 of Dataset901, with 0.4 the middle of the place was off by 3.2 and 37 mm in the mean,
   * with 0.95 by 2.3 and 13 mm. The value was chosen on these images.
   */
  private static final double NEAR_OVERLAP = 0.95;

  /** A place for the structure in another image, and how much it looks like this one: -1 to 1. */
  public record Place(BoxMm box, double likeness) {}

  /** A coarse copy of a whole image, at a voxel size that suits it. */
  static double voxelOfWhole(BoxMm image) {
    return Math.max(image.extent(0), Math.max(image.extent(1), image.extent(2))) / WHOLE_VOXELS;
  }

  /** The surroundings of a structure in an image. */
  static Surroundings of(FloatVolume image, BoxMm structure) {
    BoxMm all = BoxMm.of(image.geometry());
    double margin = 0;
    for (int a = 0; a < 3; a++) {
      margin = Math.max(margin, NEAR_MARGIN * structure.extent(a));
    }
    BoxMm near = structure.grown(Math.max(margin, LEAST_MARGIN_MM));
    double longest = Math.max(near.extent(0), Math.max(near.extent(1), near.extent(2)));
    return new Surroundings(structure, ShiftSearch.Block.of(image, all, voxelOfWhole(all)),
        ShiftSearch.Block.of(image, near, longest / NEAR_VOXELS));
  }

  /** The place of the structure in another image. */
  Place in(FloatVolume image) {
    BoxMm all = BoxMm.of(image.geometry());
    ShiftSearch.Match coarse = ShiftSearch.best(whole,
        ShiftSearch.Block.of(image, all, whole.voxelMm()), WHOLE_OVERLAP);
    Vec3 shift = Double.isNaN(coarse.correlation())
        ? all.centre().minus(box.centre())
        : coarse.shiftMm();
    BoxMm reach = nearBox().moved(shift).grown(REACH * whole.voxelMm());
    ShiftSearch.Match fine = ShiftSearch.best(near,
        ShiftSearch.Block.of(image, reach, near.voxelMm()), NEAR_OVERLAP);
    return Double.isNaN(fine.correlation())
        ? new Place(box.moved(shift), 0)
        : new Place(box.moved(fine.shiftMm()), fine.correlation());
  }

  private BoxMm nearBox() {
    double half = near.voxelMm() / 2;
    Vec3 last = near.lowMm().plus(new Vec3(near.size().x() - 1, near.size().y() - 1,
        near.size().z() - 1).times(near.voxelMm()));
    return new BoxMm(near.lowMm(), last).grown(half);
  }

  /** The median place that the half of the cases gives that look most like the image. */
  public static Place agreed(List<Surroundings> cases, FloatVolume image) {
    List<Place> places = cases.stream().map(c -> c.in(image))
        .sorted(Comparator.comparingDouble(Place::likeness).reversed()).toList();
    List<Place> best = places.subList(0, (places.size() + 1) / 2);
    return new Place(BoxMm.median(best.stream().map(Place::box).toList()),
        best.getFirst().likeness());
  }
}
