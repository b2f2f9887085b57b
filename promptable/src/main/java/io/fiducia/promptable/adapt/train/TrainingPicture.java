package io.fiducia.promptable.adapt.train;

import io.fiducia.promptable.slice.SlicePicture;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A slice in memory, with the structures that are contoured in it. Grey values are rounded to 8 bit, a quarter of
 * the memory; MedSAM, which does not round, sees a difference of at most half a grey value.
 */
final class TrainingPicture {
  private final String caseId;
  private final int width;
  private final int height;
  private final byte[] grey;
  private final Set<String> contoured;
  private final Map<String, BitSet> masks = new LinkedHashMap<>();

  /**
   * A slice without structures yet.
   *
   * @param contoured the structures that were contoured in this case, in whatever slices
   */
  TrainingPicture(String caseId, SlicePicture picture, Set<String> contoured) {
    this.caseId = caseId;
    this.width = picture.width();
    this.height = picture.height();
    this.grey = new byte[picture.grey().length];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = (byte) Math.rint(picture.grey()[i]);
    }
    this.contoured = Set.copyOf(contoured);
  }

  void add(String structure, boolean[] mask) {
    BitSet bits = new BitSet(mask.length);
    for (int i = 0; i < mask.length; i++) {
      bits.set(i, mask[i]);
    }
    masks.put(structure, bits);
  }

  /** The structures that this slice shows. */
  Set<String> structures() {
    return Collections.unmodifiableSet(masks.keySet());
  }

  /** Whether a structure was contoured in this case; if so, this slice has none of it beyond its mask. */
  boolean isContoured(String structure) {
    return contoured.contains(structure);
  }

  String caseId() {
    return caseId;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  SlicePicture picture() {
    float[] out = new float[grey.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = grey[i] & 0xff;
    }
    return new SlicePicture(width, height, out);
  }

  /** The mask of a structure, empty where the slice does not show it. */
  boolean[] mask(String structure) {
    boolean[] out = new boolean[width * height];
    BitSet bits = masks.getOrDefault(structure, new BitSet());
    bits.stream().forEach(i -> out[i] = true);
    return out;
  }
}
