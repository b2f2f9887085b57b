package io.fiducia.universeg.segment;

import io.fiducia.base.Cancellation;
import io.fiducia.core.Modality;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.morphology.Components;
import io.fiducia.morphology.Connectivity;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.universeg.slice.IntensityWindow;
import io.fiducia.universeg.slice.SliceSampler;
import io.fiducia.universeg.slice.SliceView;
import io.fiducia.universeg.support.StructureStack;
import io.fiducia.universeg.support.StructureSupport;
import io.fiducia.universeg.support.SupportSet;
import io.fiducia.universeg.support.Surroundings;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.Region;
import java.util.ArrayList;
import java.util.List;

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
    StructureSupport support, Cancellation cancellation) {
  private static final double COARSE_SIDE = 2.0;
  private static final double FINE_SIDE = 1.35;
  private static final int COARSE_SLICES = 16;
  private static final int COARSE_SUPPORT = 8;
  /** How far beyond the supposed ends the passes look, as shares of the structure's extent. */
  private static final double COARSE_BEYOND = 0.35;
  private static final double FINE_BEYOND = 0.15;
  private static final int MOST_SLICES = 192;
  /** What a coarse pass sees is believed if its extents are not farther from those supposed. */
  private static final double LARGEST_RATIO = 1.7;
  /** A correction beyond this share of the extent is not believed. */
  private static final double LARGEST_CHANGE = 0.3;

  /** Segments the image. */
  StructureResult of(FloatVolume image) {
    Surroundings.Place place = settings.region().map(box -> new Surroundings.Place(box, 1))
        .orElseGet(() -> Surroundings.agreed(
            support.examples().stream().map(StructureSupport.Example::surroundings).toList(),
            image));
    List<StackProbabilities> found = new ArrayList<>();
    BoxMm box = place.box();
    for (SlicePlane plane : settings.planes()) {
      Scene scene = new Scene(image, plane, window(image, plane, place.box()));
      if (settings.region().isEmpty()) {
        box = corrected(box, coarse(scene, box));
      }
      found.add(fine(scene, box));
    }
    return StructureResult.onGrid(support.structure(), image.geometry(), found, box,
        place.likeness());
  }

  /** The image in a plane, and which of its intensities become 0 and 1. */
  private record Scene(FloatVolume image, SlicePlane plane, IntensityWindow window) {
    TargetStack cut(SliceView view) {
      return TargetStack.cut(image, window, view);
    }

    Spacing spacing() {
      return Spacing.of(image.geometry(), plane);
    }
  }

  /**
   * The support's window in CT. Else percentiles of the same surroundings as in the support: over another
   * field of view, one intensity would look different in the image and in its support.
   */
  private IntensityWindow window(FloatVolume image, SlicePlane plane, BoxMm box) {
    if (modality == Modality.CT) {
      return support.scale();
    }
    SliceView view = Spacing.of(image.geometry(), plane).view(plane, box,
        SupportSet.SIDE * box.widest(plane), SupportSet.MARGIN);
    return IntensityWindow.of(SliceSampler.image(image, view), StructureStack.CLIPPED, 0);
  }

  private StackPass pass() {
    return new StackPass(network, support, settings.seed(), cancellation);
  }

  private StackProbabilities coarse(Scene scene, BoxMm box) {
    SlicePlane plane = scene.plane();
    double length = box.extent(plane.normalAxis()) * (1 + 2 * COARSE_BEYOND);
    Spacing along = scene.spacing();
    int every = (int) Math.max(1, Math.floor(length / COARSE_SLICES / along.stepMm()));
    SliceView view = along.every(every).view(plane, box, COARSE_SIDE * support.extentMm(plane),
        COARSE_BEYOND);
    return pass().run(scene.cut(view), box, COARSE_SUPPORT, 1, COARSE_BEYOND);
  }

  private StackProbabilities fine(Scene scene, BoxMm box) {
    SlicePlane plane = scene.plane();
    double length = box.extent(plane.normalAxis()) * (1 + 2 * FINE_BEYOND);
    Spacing along = scene.spacing();
    int every = (int) Math.max(1, Math.ceil(length / MOST_SLICES / along.stepMm()));
    SliceView view = along.every(every).view(plane, box, FINE_SIDE * support.extentMm(plane),
        FINE_BEYOND);
    StackProbabilities found = pass().run(scene.cut(view), box,
        settings.supportSize(), settings.draws(), FINE_BEYOND);
    ExtentGate.apply(found, box, support.stacks(plane).toList());
    return found;
  }

  /**
   * The box after what a coarse pass found: its middle within the plane and its ends along the normal.
   */
  private static BoxMm corrected(BoxMm box, StackProbabilities found) {
    SliceView view = found.view();
    int side = view.pixels();
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
    return believed(box, seen, view.plane());
  }

  /** The correction, as far as it is plausible: what was seen has about the structure's size. */
  private static BoxMm believed(BoxMm box, BoxMm seen, SlicePlane plane) {
    int normal = plane.normalAxis();
    for (int a = 0; a < 3; a++) {
      double ratio = seen.extent(a) / box.extent(a);
      if (ratio < 1 / LARGEST_RATIO || ratio > LARGEST_RATIO) {
        return box;
      }
    }
    double[] low = new double[3];
    double[] high = new double[3];
    for (int a = 0; a < 3; a++) {
      if (a == normal) {
        double most = LARGEST_CHANGE * box.extent(a);
        low[a] = near(box.low().get(a), seen.low().get(a), most);
        high[a] = near(box.high().get(a), seen.high().get(a), most);
      } else {
        double move = near(0, seen.centre().get(a) - box.centre().get(a),
            LARGEST_CHANGE * box.extent(a));
        low[a] = box.low().get(a) + move;
        high[a] = box.high().get(a) + move;
      }
    }
    return new BoxMm(new Vec3(low[0], low[1], low[2]), new Vec3(high[0], high[1], high[2]));
  }

  private static double near(double old, double seen, double most) {
    return Math.max(old - most, Math.min(old + most, seen));
  }
}
