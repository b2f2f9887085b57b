package io.fiducia.phantom;

import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import java.util.Arrays;
import java.util.List;

/**
 * What a reader contours, by AAPM TG-263 names; {@code Anorectum} is not in that list but is what
 * clinics contour for cervical cancer (rectum with anal canal, up to the rectosigmoid junction).
 */
public enum PelvisStructure {
  BLADDER("Bladder", true),
  ANORECTUM("Anorectum", true),
  BOWEL("Bowel", true),
  FEMUR_HEAD_L("Femur_Head_L", true),
  FEMUR_HEAD_R("Femur_Head_R", true),
  /** With the cervix and the tumour in it. */
  UTERUS("Uterus", true),
  /** In the label map, what the organs leave of it. */
  CTVN("CTVn", true),
  COLON_SIGMOID("Colon_Sigmoid", false),
  GTVP("GTVp", false),
  CTVP("CTVp", false),
  PTV("PTV", false);

  private final String tg263;
  private final boolean inLabelMap;

  PelvisStructure(String tg263, boolean inLabelMap) {
    this.tg263 = tg263;
    this.inLabelMap = inLabelMap;
  }

  /** The structure's name in files. */
  public String tg263() {
    return tg263;
  }

  /** The structures of the label map, whose labels are 1, 2, ... in this order. */
  public static List<PelvisStructure> labelled() {
    return Arrays.stream(values()).filter(s -> s.inLabelMap).toList();
  }

  /** Its value in the label map; 0 for what has only a file of its own. */
  int label() {
    return labelled().indexOf(this) + 1;
  }

  /** The structures of the label map by their TG-263 names, with their labels. */
  public static StructureSet structures() {
    return new StructureSet(
        labelled().stream().map(s -> Structure.of(s.tg263, s.label())).toList());
  }
}
