package io.fiducia.universeg.score;

import io.fiducia.core.Case;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.core.StructureSet;
import io.fiducia.geometry.Geometry;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.List;
import java.util.Map;

/** A case in memory; the image's voxels are all 0. */
record DrawnCase(String id, Geometry grid, StructureSet structures, short[] labels)
    implements
      ContouredCase {
  @Override
  public Case images() {
    return new Case(id, List.of(new FloatVolume(grid, new float[labels.length])));
  }

  @Override
  public Segmentation contours() {
    return Segmentation.of(id, structures, new LabelVolume(grid, labels),
        new Provenance("a person", Map.of()));
  }

  /** The case for scoring, its hashes made of its name and labels. */
  ScoreCase scored() {
    return new ScoreCase(this, "image " + id, "files " + id + java.util.Arrays.hashCode(labels));
  }
}
