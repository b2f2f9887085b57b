package io.fiducia.app.commands.sam;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.SlicePlane;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How an object is followed through a volume. */
public final class SamVolumeOptions {
  @Option(names = "--volume", description = "follow the object from the prompted slice through the volume, in both directions")
  private boolean volume;

  @Option(names = "--prompts", paramLabel = "FILE", description = "prompts of one object or several as JSON (docs/promptable.md, \"Prompts\"), in place of --box and --point; always a volume")
  private Optional<Path> prompts = Optional.empty();

  @Option(names = "--plane", paramLabel = "axial|coronal|sagittal", description = "follow the object through slices of this plane (default: the slices of the file's third axis)")
  private Optional<String> plane = Optional.empty();

  @Option(names = "--three-planes", description = "segment a box around the object in all three planes and take the mean; --box X0 Y0 Z0 X1 Y1 Z1")
  private boolean threePlanes;

  @Option(names = "--first", paramLabel = "K", description = "first slice that the object can lie in")
  private Optional<Integer> first = Optional.empty();

  @Option(names = "--last", paramLabel = "K", description = "last slice that the object can lie in")
  private Optional<Integer> last = Optional.empty();

  /** Whether one of the options asks for a volume. */
  boolean asked() {
    return volume || threePlanes || prompts.isPresent() || plane.isPresent() || first.isPresent()
        || last.isPresent();
  }

  /**
   * What is wrong with the options, if anything.
   *
   * @param box number of values of the box, 0, 4 or 6
   * @param points whether points are given
   * @param slice whether a slice is given
   */
  Optional<String> fault(int box, boolean points, boolean slice) {
    plane.ifPresent(SlicePlane::of);
    if (prompts.isPresent() && (box > 0 || points || slice)) {
      return Optional.of("--prompts replaces --box, --point and --slice");
    }
    if (threePlanes && (plane.isPresent() || first.isPresent() || last.isPresent() || slice)) {
      return Optional.of("--three-planes takes planes and slices from the box: leave out --plane,"
          + " --slice, --first and --last");
    }
    if (threePlanes && prompts.isEmpty() && (box != 6 || points)) {
      return Optional.of("--three-planes needs --box X0 Y0 Z0 X1 Y1 Z1, and no --point");
    }
    if (prompts.isEmpty() && box == 0 && !points) {
      return Optional.of("--box, --point or --prompts is needed");
    }
    if (box == 6 && points) {
      return Optional.of("--point lies in the slice of a box of four values; leave out one of the"
          + " two, or use --prompts");
    }
    return Optional.empty();
  }

  Optional<Path> prompts() {
    return prompts;
  }

  boolean threePlanes() {
    return threePlanes;
  }

  Optional<Integer> first() {
    return first;
  }

  Optional<Integer> last() {
    return last;
  }

  /** The plane of the slices. */
  SlicePlane plane(Geometry grid) {
    return plane.map(SlicePlane::of).orElseGet(() -> Arrays.stream(SlicePlane.values())
        .filter(p -> p.indexAxis(grid) == 2).findFirst().orElse(SlicePlane.AXIAL));
  }
}
