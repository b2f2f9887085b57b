package io.fiducia.app.commands.sam;

import io.fiducia.core.Modality;
import io.fiducia.core.StructureVocabulary;
import io.fiducia.nifti.NiftiDataType;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.promptable.volume.GreyWindow;
import io.fiducia.promptable.volume.StructureWindows;
import io.fiducia.volume.FloatVolume;
import java.util.Optional;

/**
 * The intensity window of an image: the one that the user chose, else the structure's, else what suits the image.
 *
 * @param chosen by the user
 * @param structure that the user named for all objects
 * @param modality that the user named
 */
record SamWindows(Optional<GreyWindow> chosen, Optional<String> structure,
    Optional<Modality> modality, NiftiImage read, FloatVolume image) {
  /** Hounsfield units of air and lung lie below, intensities of MR do not. */
  private static final float CT_HAS_BELOW = -400;

  /** The window for an object, which may have the name of a structure. */
  GreyWindow of(String object) {
    return chosen.or(() -> structure.map(this::ofStructure)).or(() -> byName(object))
        .orElseGet(this::usual);
  }

  /** The window where no object has a name. */
  GreyWindow any() {
    return chosen.or(() -> structure.map(this::ofStructure)).orElseGet(this::usual);
  }

  private Optional<GreyWindow> byName(String object) {
    return kind() == Modality.CT && StructureVocabulary.load().find(object).isPresent()
        ? Optional.of(ofStructure(object))
        : Optional.empty();
  }

  private GreyWindow ofStructure(String name) {
    return kind() == Modality.CT || !eightBit()
        ? new StructureWindows(StructureVocabulary.load()).of(name, kind(), image)
        : usual();
  }

  /** What kind of image it is: what the user says, else CT if there is air in Hounsfield units. */
  Modality kind() {
    return modality.orElseGet(() -> {
      for (float v : image.data()) {
        if (v < CT_HAS_BELOW) {
          return Modality.CT;
        }
      }
      return Modality.MR;
    });
  }

  private GreyWindow usual() {
    return eightBit() ? new GreyWindow(0, 255) : GreyWindow.ofPercentiles(image);
  }

  private boolean eightBit() {
    return read.dataType() == NiftiDataType.UINT8 && read.statistics().max() <= 255
        && read.statistics().min() >= 0;
  }
}
