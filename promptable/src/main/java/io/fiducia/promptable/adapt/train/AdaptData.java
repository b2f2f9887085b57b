package io.fiducia.promptable.adapt.train;

import io.fiducia.core.ContouredCase;
import io.fiducia.core.Modality;
import io.fiducia.geometry.SlicePlane;
import java.util.List;

/**
 * What a model learns from.
 *
 * @param name of the dataset
 * @param modality of the first channel, the only one that is used
 * @param cases one case for each patient
 * @param structures names; empty: all that the cases have
 * @param choice which slices are taken
 */
public record AdaptData(String name, Modality modality, List<ContouredCase> cases,
    List<String> structures, Choice choice) {
  public AdaptData {
    cases = List.copyOf(cases);
    structures = List.copyOf(structures);
  }

  /**
   * Which slices are taken.
   *
   * @param planes planes of the slices
   * @param leastPixels smaller structures of a slice are left out; MedSAM leaves out those below 100
   * @param mostSlices at most this many slices of a structure in a case and plane, evenly spread
   */
  public record Choice(List<SlicePlane> planes, int leastPixels, int mostSlices) {
    /** Axial slices, structures of at least 30 pixels, 32 slices of each in each case. */
    public static final Choice USUAL = new Choice(List.of(SlicePlane.AXIAL), 30, 32);

    public Choice {
      planes = List.copyOf(planes);
      if (planes.isEmpty() || leastPixels < 1 || mostSlices < 1) {
        throw new IllegalArgumentException(
            planes + ", " + leastPixels + " pixels, " + mostSlices + " slices");
      }
    }
  }
}
