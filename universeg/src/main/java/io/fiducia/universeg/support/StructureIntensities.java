package io.fiducia.universeg.support;

import io.fiducia.core.Modality;
import io.fiducia.universeg.slice.IntensityWindow;
import java.util.Arrays;
import java.util.List;

/** The scale on which a network sees the surroundings of a structure. */
public final class StructureIntensities {
  /** CT windows are at least this wide, in HU: below, noise would fill the range. */
  private static final double NARROWEST_HU = 200;

  private StructureIntensities() {}

  /**
   * The scale of stacks: in CT a window that holds the intensities around the structure in most cases
   * (the medians over the stacks of their percentiles); else each stack has its own scale already.
   */
  public static IntensityWindow of(Modality modality, List<StructureStack> stacks) {
    if (modality != Modality.CT) {
      return new IntensityWindow(0, StructureStack.FULL);
    }
    double[] lows = new double[stacks.size()];
    double[] highs = new double[stacks.size()];
    for (int i = 0; i < lows.length; i++) {
      IntensityWindow own = IntensityWindow.of(stacks.get(i).values(), StructureStack.CLIPPED,
          NARROWEST_HU);
      lows[i] = own.low();
      highs[i] = own.high();
    }
    Arrays.sort(lows);
    Arrays.sort(highs);
    return new IntensityWindow(lows[lows.length / 2], highs[highs.length / 2]);
  }
}
