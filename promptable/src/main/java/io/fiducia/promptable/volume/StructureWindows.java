package io.fiducia.promptable.volume;

import io.fiducia.core.Modality;
import io.fiducia.core.StructureVocabulary;
import io.fiducia.volume.FloatVolume;
import java.util.regex.Pattern;

/**
 * The intensity window in which a structure is seen best. In CT this depends on the structure's TG-263 name:
 * bone for bones and teeth, lung for lungs and airways, soft tissue for everything else. In MR it depends on the
 * image only.
 */
public final class StructureWindows {
  private static final Pattern BONE = Pattern.compile("(Bone|Femur|Humerus|Tibia|Fibula|Patella|"
      + "Radius|Ulna|Sternum|Scapula|Clavicle|Sacrum|VB|VBs|Skull|Maxilla|Tooth|Teeth|Phalanges|"
      + "Hardpalate|Cochlea|Rib\\d\\d|Arch_Zygomatic|Proc_Styloid|Pterygoid)(_.*)?");
  private static final Pattern LUNG = Pattern.compile("(Lung|Lungs|Trachea|Airways)(_.*)?");

  private final StructureVocabulary vocabulary;

  /** Windows after a vocabulary's names. */
  public StructureWindows(StructureVocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /**
   * The window for a structure in an image.
   *
   * @param structure any name that the vocabulary knows; one that it does not know counts as soft tissue
   */
  public GreyWindow of(String structure, Modality modality, FloatVolume image) {
    if (modality != Modality.CT) {
      return GreyWindow.ofPercentiles(image);
    }
    String name = vocabulary.tg263(structure);
    if (BONE.matcher(name).matches()) {
      return GreyWindow.BONE;
    }
    return LUNG.matcher(name).matches() ? GreyWindow.LUNG : GreyWindow.SOFT_TISSUE;
  }

  /** The window in which a model without prompts sees all structures: soft tissue in CT. */
  public static GreyWindow common(Modality modality, FloatVolume image) {
    return modality == Modality.CT ? GreyWindow.SOFT_TISSUE : GreyWindow.ofPercentiles(image);
  }
}
