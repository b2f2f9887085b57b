package io.fiducia.universeg.train;

import io.fiducia.core.Case;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Modality;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A made-up patient: a bright ball and a darker box in a dim surrounding, a little elsewhere in each
 * patient.
 */
record MadeUpCase(String id, int number, boolean constant) implements ContouredCase {
  static final StructureSet STRUCTURES = new StructureSet(
      List.of(Structure.of("Ball", 1), Structure.of("Box", 2)));
  static final float BALL = 300;
  static final float BOX = 120;
  static final float AROUND = -100;
  private static final int SIDE = 32;
  private static final Geometry GRID = Geometry.of(new Size(SIDE, SIDE, 24), new Vec3(2, 2, 3));

  /** A dataset of several patients. */
  static InContextDataset dataset(String name, int patients) {
    List<ContouredCase> cases = new ArrayList<>();
    for (int i = 0; i < patients; i++) {
      cases.add(new MadeUpCase(name + i, i, false));
    }
    return new InContextDataset(name, Modality.CT, cases);
  }

  private short[] labels() {
    short[] out = new short[GRID.size().voxels()];
    double cx = 12 + number % 3;
    double cy = 13 + number % 2;
    for (int z = 0; z < 24; z++) {
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          double r = Math.hypot(Math.hypot(x - cx, y - cy), 1.5 * (z - 12));
          int at = GRID.size().index(x, y, z);
          if (r < 8) {
            out[at] = 1;
          } else if (x > 22 && x < 29 && y > 10 + number % 3 && y < 22 && z > 6 && z < 18) {
            out[at] = 2;
          }
        }
      }
    }
    return out;
  }

  @Override
  public Case images() {
    short[] labels = labels();
    float[] image = new float[labels.length];
    for (int i = 0; i < image.length; i++) {
      image[i] = constant ? 7 : labels[i] == 1 ? BALL : labels[i] == 2 ? BOX : AROUND;
    }
    return new Case(id, List.of(new FloatVolume(GRID, image)));
  }

  @Override
  public Segmentation contours() {
    return Segmentation.of(id, STRUCTURES, new LabelVolume(GRID, labels()),
        new Provenance("made up", Map.of()));
  }
}
