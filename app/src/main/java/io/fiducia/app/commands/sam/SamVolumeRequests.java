package io.fiducia.app.commands.sam;

import io.fiducia.app.commands.PromptFile;
import io.fiducia.base.FiduciaException;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.core.prompt.PromptStep;
import io.fiducia.core.prompt.PromptedObject;
import io.fiducia.geometry.Geometry;
import io.fiducia.promptable.segment.ObjectRequest;
import io.fiducia.promptable.slice.PixelBox;
import io.fiducia.promptable.slice.SlicePrompts;
import io.fiducia.promptable.volume.PropagationSettings.SliceRange;
import io.fiducia.promptable.volume.SliceAxes;
import io.fiducia.volume.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The objects that the options ask for in a volume.
 *
 * @param options of the volume
 * @param shown the image and the slice that boxes and points are in
 * @param image that was read
 * @param said box and points, in voxels: four values of a box lie in the slice, six in the volume
 */
record SamVolumeRequests(SamVolumeOptions options, SamSliceOptions shown,
    SamSliceOptions.Image image,
    Said said) {
  /** Box and points as they stand on the command line. */
  record Said(List<Double> box, List<SlicePrompts.Point> points) {}

  private Geometry grid() {
    return image.volume().geometry();
  }

  private SliceAxes axes() {
    return SliceAxes.of(grid(), options.plane(grid()));
  }

  /**
   * The objects.
   *
   * @throws FiduciaException USAGE if no slice is chosen; BAD_INPUT for prompts that are not usable
   */
  List<ObjectRequest> make() {
    if (options.prompts().isPresent()) {
      return PromptFile.read(options.prompts().get(), grid()).stream()
          .map(o -> new ObjectRequest(o, image.windows().of(o.name()), false)).toList();
    }
    String name = shown.structure().orElseGet(shown::name);
    List<PromptStep> steps = said.box().size() == 6 ? boxOfVolume() : inSlice();
    return List.of(
        new ObjectRequest(new PromptedObject(name, steps), image.windows().any(), true));
  }

  /**
   * The slices in which the objects can lie, if that is known.
   *
   * @throws FiduciaException BAD_INPUT for slices that the image does not have
   */
  Optional<SliceRange> range() {
    int slices = axes().slices();
    options.first().ifPresent(k -> inside("first", k, slices));
    options.last().ifPresent(k -> inside("last", k, slices));
    boolean box = said.box().size() == 6 && !options.threePlanes();
    if (options.first().isEmpty() && options.last().isEmpty() && !box) {
      return Optional.empty();
    }
    int normal = axes().normal();
    return Optional.of(new SliceRange(
        options.first().orElse(box ? voxel(said.box().get(normal)) : 0),
        options.last().orElse(box ? voxel(said.box().get(normal + 3)) : slices - 1)));
  }

  private static void inside(String which, int slice, int slices) {
    if (slice < 0 || slice >= slices) {
      throw FiduciaException.badInput("the image has no such slice", which + " slice " + slice,
          "expected 0 to " + (slices - 1) + ", found " + slice, "slices are counted from 0");
    }
  }

  private List<PromptStep> inSlice() {
    int slices = axes().slices();
    if (shown.slice().isEmpty() && slices > 1) {
      throw FiduciaException.usage("which slice?",
          shown.image() + " has " + slices + " " + options.plane(grid()).word() + " slices",
          "give --slice 0 to " + (slices - 1));
    }
    int slice = shown.slice().orElse(0);
    inside("prompted", slice, slices);
    List<PixelBox> boxes = said.box().isEmpty()
        ? List.of()
        : List.of(new PixelBox(said.box().get(0), said.box().get(1), said.box().get(2),
            said.box().get(3)));
    new SlicePrompts(said.points(), boxes, Optional.empty(), false).check(axes().columns(),
        axes().rows());
    List<PromptStep> steps = new ArrayList<>();
    boxes.forEach(b -> steps.add(new Prompt.Box(region(slice, b))));
    said.points().forEach(p -> {
      int[] at = axes().indices(slice, voxel(p.x()), voxel(p.y()));
      steps.add(new Prompt.Click(at[0], at[1], at[2], p.positive()));
    });
    return steps;
  }

  /** A box of the volume: all of it for three planes, else its part in the slice or in its middle. */
  private List<PromptStep> boxOfVolume() {
    List<Double> b = said.box();
    for (int[] plane : new int[][]{{axes().column(), axes().row()},
      {axes().column(), axes().normal()}, {axes().row(), axes().normal()}}) {
      boolean inPlane = plane[1] != axes().normal();
      // Only within the slice must a box have an area; it may lie in one slice.
      double thin = inPlane || options.threePlanes() ? 0 : 0.25;
      SlicePrompts.box(new PixelBox(b.get(plane[0]), b.get(plane[1]) - thin, b.get(plane[0] + 3),
          b.get(plane[1] + 3) + thin))
          .check(grid().size().get(plane[0]), grid().size().get(plane[1]));
    }
    Region region = Region.between(voxel(b.get(0)), voxel(b.get(1)), voxel(b.get(2)),
        voxel(b.get(3)) + 1, voxel(b.get(4)) + 1, voxel(b.get(5)) + 1);
    if (options.threePlanes()) {
      return List.of(new Prompt.Box(region));
    }
    int first = SliceAxes.start(region, axes().normal());
    int last = first + region.size().get(axes().normal()) - 1;
    int slice = shown.slice().orElse((first + last) / 2);
    if (slice < first || slice > last) {
      throw FiduciaException.badInput("the prompted slice lies outside of the box",
          "slice " + slice, "expected " + first + " to " + last, "leave out --slice");
    }
    return List.of(new Prompt.Box(axes().inSlice(region, slice)));
  }

  private Region region(int slice, PixelBox b) {
    int[] low = axes().indices(slice, voxel(b.x0()), voxel(b.y0()));
    int[] high = axes().indices(slice, voxel(b.x1()), voxel(b.y1()));
    return Region.between(low[0], low[1], low[2], high[0] + 1, high[1] + 1, high[2] + 1);
  }

  /** The voxel at a coordinate that may lie between voxels. */
  private static int voxel(double at) {
    return (int) Math.rint(at);
  }
}
