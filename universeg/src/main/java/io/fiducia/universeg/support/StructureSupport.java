package io.fiducia.universeg.support;

import io.fiducia.core.Structure;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.universeg.slice.IntensityWindow;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the support cases show of one structure.
 *
 * @param structure as the dataset names it
 * @param examples one for each case that has the structure, at least one
 * @param scale of all intensities
 * @param connected whether the structure is one piece in every case, but for specks
 */
public record StructureSupport(Structure structure, List<Example> examples, IntensityWindow scale,
    boolean connected) {
  /**
   * The structure in one case.
   *
   * @param caseId the case
   * @param surroundings for finding the place in another image
   * @param stacks slices in each plane
   */
  public record Example(String caseId, Surroundings surroundings,
      Map<SlicePlane, StructureStack> stacks) {
    public Example {
      stacks = Map.copyOf(stacks);
    }
  }

  public StructureSupport {
    examples = List.copyOf(examples);
    if (examples.isEmpty()) {
      throw new IllegalArgumentException("no case has " + structure.name());
    }
  }

  /** The largest extent of the structure within slices of a plane, over all cases, in mm. */
  public double extentMm(SlicePlane plane) {
    return stacks(plane).mapToDouble(StructureStack::widestMm).max().orElseThrow();
  }

  /** The stacks of all cases in a plane. */
  public Stream<StructureStack> stacks(SlicePlane plane) {
    return examples.stream().map(e -> e.stacks().get(plane));
  }
}
