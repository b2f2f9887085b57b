package io.fiducia.universeg.segment;

import io.fiducia.core.Case;
import io.fiducia.core.ContouredCase;
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
import java.util.List;
import java.util.Map;

/** A case whose structure is a bright block of 20x20x10 voxels of 1 mm, between slices 5 and 14. */
record BlockCase(String id) implements ContouredCase {
  static final Structure BLOCK = Structure.of("Block", 1);
  private static final Geometry GRID = Geometry.of(new Size(64, 64, 20), new Vec3(1, 1, 1));

  /** The case's axial slices, 50 mm wide. */
  static StructureStack stack(String id) {
    BlockCase c = new BlockCase(id);
    return StructureStack.cut(id, c.image(), Modality.MR,
        StructureMask.all(c.contours()).get(BLOCK.name()),
        new StructureStack.Cut(SlicePlane.AXIAL, 50, 100, 28, 0.15));
  }

  FloatVolume image() {
    short[] labels = labels();
    float[] values = new float[labels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 64 + 100 * labels[i];
    }
    return new FloatVolume(GRID, values);
  }

  short[] labels() {
    short[] labels = new short[GRID.size().voxels()];
    for (int k = 5; k < 15; k++) {
      for (int j = 20; j < 40; j++) {
        for (int i = 20; i < 40; i++) {
          labels[GRID.size().index(i, j, k)] = 1;
        }
      }
    }
    return labels;
  }

  @Override
  public Case images() {
    return new Case(id, List.of(image()));
  }

  @Override
  public Segmentation contours() {
    return Segmentation.of(id, StructureSet.of(BLOCK), new LabelVolume(GRID, labels()),
        new Provenance("test", Map.of()));
  }
}
