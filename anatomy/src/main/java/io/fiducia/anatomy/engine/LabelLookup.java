package io.fiducia.anatomy.engine;

import io.fiducia.volume.LabelVolume;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** A table that gives each label another one. */
public final class LabelLookup {
  /** Voxels that one thread works on at a time. */
  private static final int CHUNK = 1 << 16;

  private final short[] table = new short[Short.MAX_VALUE + 1];

  private LabelLookup() {}

  /** A table from old to new labels; labels that are not in the map become 0. */
  public static LabelLookup of(Map<Integer, Integer> labels) {
    LabelLookup lookup = new LabelLookup();
    labels.forEach((from, to) -> lookup.table[from] = to.shortValue());
    return lookup;
  }

  /** A table that leaves these labels as they are; others become 0. */
  public static LabelLookup keeping(Set<Integer> labels) {
    LabelLookup lookup = new LabelLookup();
    labels.forEach(l -> lookup.table[l] = l.shortValue());
    return lookup;
  }

  /** A table that gives 1 for these labels and 0 for others. */
  public static LabelLookup mask(Set<Integer> labels) {
    LabelLookup lookup = new LabelLookup();
    labels.forEach(l -> lookup.table[l] = 1);
    return lookup;
  }

  /** A label map with the new labels. */
  public LabelVolume apply(LabelVolume labels) {
    LabelVolume result = new LabelVolume(labels.geometry(), new short[labels.data().length]);
    writeOver(labels, result);
    return result;
  }

  /** Writes the new labels that are not 0 over those of another label map on the same grid. */
  public void writeOver(LabelVolume labels, LabelVolume target) {
    short[] from = labels.data();
    short[] to = target.data();
    IntStream.range(0, (from.length + CHUNK - 1) / CHUNK).parallel().forEach(c -> {
      for (int i = c * CHUNK; i < Math.min(from.length, (c + 1) * CHUNK); i++) {
        short label = table[from[i]];
        if (label != 0) {
          to[i] = label;
        }
      }
    });
  }
}
