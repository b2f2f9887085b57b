package io.fiducia.promptable.adapt.train;

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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A made-up patient: a bright disc and a dark one on grey noise, elsewhere in each patient and slice.
 *
 * @param number where the discs lie
 * @param flaw what is wrong with the case
 */
record DiscCase(String id, int number, Flaw flaw) implements ContouredCase {
  /** What can be wrong with a case. */
  enum Flaw {
    NONE, NAN, ALL_NAN, NO_CONTOURS, OTHER_GRID
  }

  static final StructureSet STRUCTURES = new StructureSet(
      List.of(Structure.of("Bright", 1), Structure.of("Dark", 2)));
  private static final int SIDE = 48;
  private static final int SLICES = 5;
  private static final Geometry GRID = Geometry.of(new Size(SIDE, SIDE, SLICES),
      new Vec3(2, 2, 3));

  /** A dataset of several patients. */
  static AdaptData data(int patients) {
    List<ContouredCase> cases = new ArrayList<>();
    for (int i = 0; i < patients; i++) {
      cases.add(new DiscCase("disc" + i, i, Flaw.NONE));
    }
    return data(cases, List.of());
  }

  static AdaptData data(List<ContouredCase> cases, List<String> structures) {
    return data(Modality.CT, cases, structures);
  }

  static AdaptData data(Modality modality, List<ContouredCase> cases, List<String> structures) {
    return new AdaptData("Discs", modality, cases, structures, AdaptData.Choice.USUAL);
  }

  private short[] labels() {
    short[] out = new short[GRID.size().voxels()];
    if (flaw == Flaw.NO_CONTOURS) {
      return out;
    }
    for (int z = 0; z < SLICES; z++) {
      Random random = new Random(100L * number + z);
      int[] bright = {12 + random.nextInt(24), 11 + random.nextInt(3), 7 + random.nextInt(4)};
      int[] dark = {12 + random.nextInt(24), 35 + random.nextInt(3), 7 + random.nextInt(4)};
      for (int i = 0; i < SIDE * SIDE; i++) {
        int at = z * SIDE * SIDE + i;
        out[at] = inside(i, bright) ? 1 : inside(i, dark) ? (short) 2 : 0;
      }
    }
    return out;
  }

  private static boolean inside(int i, int[] disc) {
    return Math.hypot(i % SIDE - disc[0], i / SIDE - disc[1]) < disc[2];
  }

  @Override
  public Case images() {
    short[] labels = labels();
    Random random = new Random(number);
    float[] image = new float[labels.length];
    for (int i = 0; i < image.length; i++) {
      float base = labels[i] == 1 ? 180 : labels[i] == 2 ? -120 : 30;
      image[i] = base + (float) (15 * random.nextGaussian());
    }
    if (flaw == Flaw.NAN) {
      image[77] = Float.NaN;
    } else if (flaw == Flaw.ALL_NAN) {
      Arrays.fill(image, Float.NaN);
    }
    return new Case(id, List.of(new FloatVolume(GRID, image)));
  }

  @Override
  public Segmentation contours() {
    Geometry grid = flaw == Flaw.OTHER_GRID
        ? Geometry.of(GRID.size(), new Vec3(1, 2, 3))
        : GRID;
    return Segmentation.of(id, STRUCTURES, new LabelVolume(grid, labels()),
        new Provenance("made up", Map.of()));
  }
}
