package io.fiducia.anatomy.post;

import io.fiducia.geometry.Size;
import io.fiducia.morphology.Components;
import io.fiducia.morphology.Connectivity;
import io.fiducia.morphology.Morphology;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelBoxes;
import io.fiducia.volume.Region;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Masks that TotalSegmentator derives from its structures: groups of them, the body and the skin. */
public final class DerivedMasks {
  /** The structures that make the mask of the body. */
  public static final List<String> BODY = List.of("body_trunc", "body_extremities");
  private static final int MARGIN = 1;
  private static final int SKIN = 3;
  private static final float LOW_HU = -200;
  private static final float HIGH_HU = 250;
  private static final long SPECK = 5;

  private DerivedMasks() {}

  /**
   * The names of the structures of a group: {@code ribs}, {@code vertebrae}, {@code vertebrae_ribs},
   * {@code lung}, {@code lung_left}, {@code lung_right}, {@code pelvis} or {@code body}; empty for any
   * other name.
   */
  public static Optional<List<String>> group(String name) {
    return Optional.ofNullable(switch (name) {
      case "ribs" -> ribs();
      case "vertebrae" -> vertebrae();
      case "vertebrae_ribs" -> Stream.concat(vertebrae().stream(), ribs().stream()).toList();
      case "lung" -> Stream.of("left", "right").flatMap(s -> lung(s).stream()).toList();
      case "lung_left" -> lung("left");
      case "lung_right" -> lung("right");
      case "pelvis" -> List.of("femur_left", "femur_right", "hip_left", "hip_right");
      case "body" -> BODY;
      default -> null;
    });
  }

  private static List<String> ribs() {
    return Stream.of("left", "right").flatMap(side -> IntStream.rangeClosed(1, 12)
        .mapToObj(n -> String.format(Locale.ROOT, "rib_%s_%d", side, n))).toList();
  }

  /** The bones of the spine from below, sacrum and S1 included. */
  private static List<String> vertebrae() {
    return Stream.of(Stream.of("sacrum", "vertebrae_S1"), level("L", 5), level("T", 12),
        level("C", 7)).flatMap(s -> s).toList();
  }

  private static Stream<String> level(String letter, int count) {
    return IntStream.range(0, count)
        .mapToObj(n -> String.format(Locale.ROOT, "vertebrae_%s%d", letter, count - n));
  }

  private static List<String> lung(String side) {
    return side.equals("left")
        ? List.of("lung_upper_lobe_left", "lung_lower_lobe_left")
        : List.of("lung_upper_lobe_right", "lung_middle_lobe_right", "lung_lower_lobe_right");
  }

  /**
   * The skin: the outermost two voxels of the body and one voxel around it, as far as their density is
   * that of tissue (above -200 and below 250 HU). Specks of up to five voxels are left out.
   *
   * @param ct the image at its own resolution, in HU
   * @param body mask of the same grid
   */
  public static boolean[] skin(FloatVolume ct, boolean[] body) {
    Size grid = ct.geometry().size();
    if (body.length != grid.voxels()) {
      throw new IllegalArgumentException(
          "a mask of " + body.length + " voxels for a grid of " + grid);
    }
    boolean[] skin = new boolean[body.length];
    box(body, grid).ifPresent(box -> {
      BoxMask own = BoxMask.of(body, grid, box.grown(MARGIN, MARGIN, MARGIN).clippedTo(grid));
      boolean[] outer = Morphology.dilate(own.mask(), own.shape(), Connectivity.FACES, MARGIN);
      boolean[] inner = Morphology.erode(outer, own.shape(), Connectivity.FACES, SKIN);
      float[] hu = ct.data();
      own.forEach((inBox, inGrid) -> outer[inBox] &= !inner[inBox] && hu[inGrid] > LOW_HU
          && hu[inGrid] < HIGH_HU);
      Components blobs = Components.of(outer, own.shape(), Connectivity.FACES);
      boolean[] kept = blobs.mask(c -> blobs.size(c) > SPECK);
      own.forEach((inBox, inGrid) -> skin[inGrid] = kept[inBox]);
    });
    return skin;
  }

  private static Optional<Region> box(boolean[] mask, Size grid) {
    int plane = grid.x() * grid.y();
    // One slice as a label map at a time, so that the copy stays small.
    return IntStream.range(0, grid.z()).parallel().mapToObj(k -> {
      short[] slice = new short[plane];
      for (int i = 0; i < plane; i++) {
        slice[i] = (short) (mask[k * plane + i] ? 1 : 0);
      }
      Size size = new Size(grid.x(), grid.y(), 1);
      return LabelBoxes.of(slice, size).box(1).map(b -> Region.between(b.startX(), b.startY(), k,
          b.startX() + b.size().x(), b.startY() + b.size().y(), k + 1));
    }).flatMap(Optional::stream).reduce(Region::union);
  }
}
