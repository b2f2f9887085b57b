package io.fiducia.universeg.segment;

import io.fiducia.core.Modality;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.universeg.support.StructureMask;
import io.fiducia.universeg.support.StructureStack;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.Map;

/** A support case whose structure is a block of 20x20x10 voxels of 1 mm, between slices 5 and 14. */
final class BlockStack {
  private static final Geometry GRID = Geometry.of(new Size(64, 64, 20), new Vec3(1, 1, 1));

  private BlockStack() {}

  /** The case's axial slices, 50 mm wide. */
  static StructureStack of(String caseId) {
    short[] labels = new short[GRID.size().voxels()];
    for (int k = 5; k < 15; k++) {
      for (int j = 20; j < 40; j++) {
        for (int i = 20; i < 40; i++) {
          labels[GRID.size().index(i, j, k)] = 1;
        }
      }
    }
    Map<String, StructureMask> masks = StructureMask.all(Segmentation.of(caseId,
        StructureSet.of(Structure.of("S", 1)), new LabelVolume(GRID, labels),
        new Provenance("test", Map.of())));
    return StructureStack.cut(caseId, new FloatVolume(GRID, new float[labels.length]), Modality.MR,
        masks.get("S"), new StructureStack.Cut(SlicePlane.AXIAL, 50, 100, 28, 0.15));
  }
}
