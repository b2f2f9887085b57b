package io.fiducia.universeg.support;

import io.fiducia.core.Segmentation;
import io.fiducia.core.Structure;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelBoxes;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One structure of one case.
 *
 * @param mask 1 inside and 0 elsewhere, on the part of the case's grid that holds the structure
 * @param box where it lies in the patient
 */
public record StructureMask(FloatVolume mask, BoxMm box) {
  /** The structures of a case that have at least one voxel, by name. */
  public static Map<String, StructureMask> all(Segmentation contours) {
    Map<String, StructureMask> out = new LinkedHashMap<>();
    for (Segmentation.Layer layer : contours.layers()) {
      LabelBoxes boxes = LabelBoxes.of(layer.labels());
      for (Structure structure : layer.structures()) {
        of(layer.labels(), boxes, structure.labels())
            .ifPresent(mask -> out.put(structure.name(), mask));
      }
    }
    return out;
  }

  private static Optional<StructureMask> of(LabelVolume labels, LabelBoxes boxes,
      List<Integer> values) {
    Optional<Region> found = boxes.box(values);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Region box = found.get();
    // A margin, so that interpolation falls to 0 outside of the structure.
    Region region = box.grown(1, 1, 1);
    float[] mask = new float[region.size().voxels()];
    boolean[] inside = new boolean[boxes.maxLabel() + 1];
    values.stream().filter(v -> v < inside.length).forEach(v -> inside[v] = true);
    IntStream.range(0, box.size().z()).parallel().forEach(k -> {
      for (int j = 0; j < box.size().y(); j++) {
        int from = labels.geometry().size().index(box.startX(), j + box.startY(),
            k + box.startZ());
        int to = region.size().index(1, j + 1, k + 1);
        for (int i = 0; i < box.size().x(); i++) {
          mask[to + i] = inside[Math.max(0, labels.data()[from + i])] ? 1 : 0;
        }
      }
    });
    return Optional.of(new StructureMask(
        new FloatVolume(region.of(labels.geometry()), mask), BoxMm.of(labels.geometry(), box)));
  }
}
