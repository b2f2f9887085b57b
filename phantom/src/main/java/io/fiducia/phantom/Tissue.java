package io.fiducia.phantom;

/**
 * What the synthetic body is made of. A tissue map is a {@link io.fiducia.volume.LabelVolume} whose
 * values are {@link #code()}.
 */
public enum Tissue {
  AIR,
  COUCH,
  SKIN,
  FAT,
  MUSCLE,
  CORTICAL_BONE,
  MARROW,
  DISC,
  BLADDER_WALL,
  URINE,
  BOWEL_WALL,
  BOWEL_FLUID,
  GAS,
  STOOL,
  UTERUS,
  ENDOMETRIUM,
  CERVIX,
  TUMOUR,
  VAGINA,
  PARAMETRIUM,
  LIGAMENT,
  VESSEL_WALL,
  ARTERY,
  VEIN,
  NODE,
  CALCIFICATION,
  SPACER,
  METAL;

  private static final Tissue[] ALL = values();

  /** Its value in a tissue map. */
  public short code() {
    return (short) ordinal();
  }

  /** The tissue of a value in a tissue map. */
  public static Tissue of(int code) {
    return ALL[code];
  }
}
