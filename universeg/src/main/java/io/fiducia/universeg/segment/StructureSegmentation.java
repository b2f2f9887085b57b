package io.fiducia.universeg.segment;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.core.Modality;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Vec3;
import io.fiducia.morphology.Components;
import io.fiducia.morphology.Connectivity;
import io.fiducia.resample.GridSampler;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.network.NetworkShape;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.universeg.slice.Plane;
import io.fiducia.universeg.slice.SliceView;
import io.fiducia.universeg.support.StructureSupport;
import io.fiducia.universeg.support.Surroundings;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds one structure in one image.
 *
 * <ol>
 * <li>Place: where the image looks like the support's surroundings of the structure ({@link
 *     Surroundings}), or where the user says.
 * <li>Coarse pass, unless the user gave the place: few slices over a wide view; what is found corrects
 *     middle and ends.
 * <li>Fine pass: every slice over a narrow view, several draws of the support.
 * <li>Gate: slices beyond the structure's ends are emptied ({@link ExtentGate}).
 * <li>The planes' probabilities are brought to the image's grid and averaged.
 * </ol>
 */
record StructureSegmentation(InContextNetwork network, SegmentSettings settings, Modality modality,
    StructureSupport support, Run run) {
  private static final double COARSE_SIDE = 2.0;
  private static final double FINE_SIDE = 1.35;
  private static final int COARSE_SLICES = 16;
  private static final int COARSE_SUPPORT = 8;
  /** How far beyond the supposed ends the passes look, as shares of the structure's extent. */
  private static final double COARSE_BEYOND = 0.35;
  private static final double FINE_BEYOND = 0.15;
  private static final int MOST_SLICES = 192;
  /** A correction of the ends beyond this share of the extent is not believed. */
  private static final double LARGEST_CHANGE = 0.3;

  /** Progress and requests to stop. */
  record Run(Progress progress, Cancellation cancellation) {}

  /** Segments the image. */
  StructureResult of(FloatVolume image) {
    Surroundings.Place place = settings.region().map(box -> new Surroundings.Place(box, 1))
        .orElseGet(() -> Surroundings.agreed(
            support.examples().stream().map(StructureSupport.Example::surroundings).toList(),
            image));
    List<StackProbabilities> found = new ArrayList<>();
    BoxMm box = place.box();
    for (Plane plane : settings.planes()) {
      if (settings.region().isEmpty()) {
        box = corrected(box, coarse(image, plane, box));
      }
      found.add(fine(image, plane, box));
    }
    return onGrid(image.geometry(), found, box, place.likeness());
  }

  private StackPass pass() {
    return new StackPass(network, support, settings.seed(), run.cancellation());
  }

  private StackProbabilities coarse(FloatVolume image, Plane plane, BoxMm box) {
    double length = box.extent(plane.normalAxis()) * (1 + 2 * COARSE_BEYOND);
    Spacing along = Spacing.of(image.geometry(), plane);
    int every = (int) Math.max(1, Math.floor(length / COARSE_SLICES / along.stepMm()));
    SliceView view = along.every(every).view(plane, box, COARSE_SIDE * support.extentMm(plane),
        COARSE_BEYOND);
    return pass().run(pass().cut(image, modality, view), box, COARSE_SUPPORT, 1, COARSE_BEYOND);
  }

  private StackProbabilities fine(FloatVolume image, Plane plane, BoxMm box) {
    double length = box.extent(plane.normalAxis()) * (1 + 2 * FINE_BEYOND);
    Spacing along = Spacing.of(image.geometry(), plane);
    int every = (int) Math.max(1, Math.ceil(length / MOST_SLICES / along.stepMm()));
    SliceView view = along.every(every).view(plane, box, FINE_SIDE * support.extentMm(plane),
        FINE_BEYOND);
    StackProbabilities found = pass().run(pass().cut(image, modality, view), box,
        settings.supportSize(), settings.draws(), FINE_BEYOND);
    ExtentGate.apply(found, box, support.stacks(plane).toList());
    return found;
  }

  /**
   * The box after what a coarse pass found: its middle within the plane and its ends along the normal.
   */
  private BoxMm corrected(BoxMm box, StackProbabilities found) {
    SliceView view = found.view();
    int side = NetworkShape.SIDE;
    boolean[] mask = new boolean[found.mean().length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = found.mean()[i] > 0.5f;
    }
    int[] shape = {view.slices(), side, side};
    Components parts = Components.of(mask, shape, Connectivity.FACES);
    if (parts.count() == 0) {
      return box;
    }
    boolean[] largest = parts.largest();
    int[] low = {side, side, view.slices()};
    int[] high = {-1, -1, -1};
    for (int i = 0; i < largest.length; i++) {
      if (largest[i]) {
        int[] at = {i % side, i / side % side, i / side / side};
        for (int a = 0; a < 3; a++) {
          low[a] = Math.min(low[a], at[a]);
          high[a] = Math.max(high[a], at[a]);
        }
      }
    }
    BoxMm seen = BoxMm.of(view.grid(), Region.between(low[0], low[1], low[2], high[0] + 1,
        high[1] + 1, high[2] + 1));
    return between(box, seen, view.plane());
  }

  private static BoxMm between(BoxMm box, BoxMm seen, Plane plane) {
    int normal = plane.normalAxis();
    double[] low = new double[3];
    double[] high = new double[3];
    for (int a = 0; a < 3; a++) {
      if (a == normal) {
        double most = LARGEST_CHANGE * box.extent(a);
        low[a] = near(box.low().get(a), seen.low().get(a), most);
        high[a] = near(box.high().get(a), seen.high().get(a), most);
      } else {
        double move = seen.centre().get(a) - box.centre().get(a);
        low[a] = box.low().get(a) + move;
        high[a] = box.high().get(a) + move;
      }
    }
    return new BoxMm(new Vec3(low[0], low[1], low[2]), new Vec3(high[0], high[1], high[2]));
  }

  private static double near(double old, double seen, double most) {
    return Math.max(old - most, Math.min(old + most, seen));
  }

  /** The planes' mean on the part of the image's grid that they show. */
  private StructureResult onGrid(Geometry grid, List<StackProbabilities> found, BoxMm box,
      double likeness) {
    Region region = found.stream().map(f -> voxels(grid, BoxMm.of(f.view().grid())))
        .flatMap(Optional::stream).reduce(Region::union)
        .orElse(new Region(0, 0, 0, new io.fiducia.geometry.Size(1, 1, 1)));
    Geometry part = region.of(grid);
    float[] mean = new float[region.size().voxels()];
    float[] square = new float[mean.length];
    double disagreement = 0;
    for (StackProbabilities f : found) {
      Geometry view = f.view().grid();
      float[] p = GridSampler.sample(new FloatVolume(view, f.mean()), part, 1, 0).data();
      float[] s = GridSampler.sample(new FloatVolume(view, f.spread()), part, 1, 0).data();
      for (int i = 0; i < mean.length; i++) {
        mean[i] += p[i] / found.size();
        square[i] += (p[i] * p[i] + s[i] * s[i]) / found.size();
      }
      disagreement += f.disagreement() / found.size();
    }
    for (int i = 0; i < mean.length; i++) {
      square[i] = (float) Math.sqrt(Math.max(0, square[i] - mean[i] * mean[i]));
    }
    return new StructureResult(support.structure(), region, mean, square, disagreement, box,
        likeness);
  }

  /** The voxels of a grid that a box may hold; empty if the grid lies elsewhere. */
  private static Optional<Region> voxels(Geometry grid, BoxMm box) {
    double[] low = {Double.MAX_VALUE, Double.MAX_VALUE, Double.MAX_VALUE};
    double[] high = {-Double.MAX_VALUE, -Double.MAX_VALUE, -Double.MAX_VALUE};
    for (int corner = 0; corner < 8; corner++) {
      Vec3 at = grid.toIndex(new Vec3(((corner & 1) == 0 ? box.low() : box.high()).x(),
          ((corner & 2) == 0 ? box.low() : box.high()).y(),
          ((corner & 4) == 0 ? box.low() : box.high()).z()));
      for (int a = 0; a < 3; a++) {
        low[a] = Math.min(low[a], at.get(a));
        high[a] = Math.max(high[a], at.get(a));
      }
    }
    int[] from = new int[3];
    int[] to = new int[3];
    for (int a = 0; a < 3; a++) {
      from[a] = (int) Math.max(0, Math.floor(low[a]));
      to[a] = (int) Math.min(grid.size().get(a), Math.ceil(high[a]) + 1);
      if (from[a] >= to[a]) {
        return Optional.empty();
      }
    }
    return Optional.of(Region.between(from[0], from[1], from[2], to[0], to[1], to[2]));
  }
}
