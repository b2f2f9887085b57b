package io.fiducia.universeg.score;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Adaptable;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Segmenter;
import io.fiducia.core.SegmenterFailures;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Vec3;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.universeg.support.StructureMask;
import io.fiducia.volume.CropPad;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.Region;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The baseline that looks at no image: the mean label of the cases that it learned from.
 *
 * <p>Nothing is registered. The contours of each case are brought to the target by relative position: a
 * point of the target lies at some share of the way through the box of its image, along each axis of the
 * patient, and takes what the case has at the same shares of the way through its own image (linear
 * interpolation of the mask). So orientation and spacing may differ, but fields of view that show
 * different parts of the body mislead it. The masks are averaged over the cases that were contoured for
 * the structure. A voxel belongs to a structure where the mean is at least one half; of several structures
 * to the one with the largest mean, the first one if they are equal. Structures that share label values
 * in the cases may overlap, and are decided each by itself.
 *
 * <p>A method that cannot beat this has learned where a structure usually is, and nothing else.
 */
public final class AtlasVote implements Adaptable {
  /** The system's name in tables. */
  public static final String NAME = "atlas";

  /**
   * One case as it votes.
   *
   * @param box of its image
   * @param masks of the structures that have a voxel
   * @param contoured the structures that it was contoured for
   */
  record Voter(BoxMm box, Map<String, FloatVolume> masks, Set<String> contoured) {
    static Voter of(Segmentation contours) {
      Geometry image = contours.geometry();
      Map<String, FloatVolume> masks = new LinkedHashMap<>();
      StructureMask.all(contours)
          .forEach((name, structure) -> masks.put(name, within(structure.mask(), image)));
      return new Voter(BoxMm.of(image), masks,
          new LinkedHashSet<>(contours.structures().names()));
    }

    /**
     * A mask without its margin beyond the image, so that a structure which the image cuts off reaches
     * up to the border.
     */
    private static FloatVolume within(FloatVolume mask, Geometry image) {
      Vec3 at = image.toIndex(mask.geometry().originMm());
      Region own = new Region((int) Math.rint(at.x()), (int) Math.rint(at.y()),
          (int) Math.rint(at.z()), mask.geometry().size());
      Region kept = own.clippedTo(image.size());
      return CropPad.apply(mask, new Region(kept.startX() - own.startX(),
          kept.startY() - own.startY(), kept.startZ() - own.startZ(), kept.size()), 0f);
    }
  }

  @Override
  public Segmenter adapt(Request request, Progress progress, Cancellation cancellation) {
    return SegmenterFailures.translated("atlas", () -> {
      List<Voter> voters = new ArrayList<>();
      Map<String, List<Integer>> labels = new LinkedHashMap<>();
      for (ContouredCase c : request.cases()) {
        cancellation.check("atlas");
        Segmentation contours = c.contours();
        contours.structures().forEach(s -> labels.putIfAbsent(s.name(), s.labels()));
        voters.add(Voter.of(contours));
      }
      if (labels.isEmpty()) {
        throw FiduciaException.badInput("no structure to learn", request.cases().get(0).id(),
            "none of the cases was contoured for a structure", "give contoured cases");
      }
      return new AtlasSegmenter(voters, List.copyOf(labels.keySet()), overlapping(labels));
    });
  }

  /** Whether two structures share a label value. */
  private static boolean overlapping(Map<String, List<Integer>> labels) {
    Set<Integer> seen = new LinkedHashSet<>();
    Optional<Integer> twice = labels.values().stream().flatMap(List::stream)
        .filter(v -> !seen.add(v)).findFirst();
    return twice.isPresent();
  }
}
