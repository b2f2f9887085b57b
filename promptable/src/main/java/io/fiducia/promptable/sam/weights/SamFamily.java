package io.fiducia.promptable.sam.weights;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.Suggestions;
import io.fiducia.promptable.sam.network.EncoderShape;
import io.fiducia.promptable.sam.network.TinyVitShape;
import io.fiducia.promptable.sam.network.VitShape;
import io.fiducia.promptable.sam.picture.Preparation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The models of the SAM family: what is published, and networks of other sizes. */
public enum SamFamily {
  /** SAM with its smallest encoder. */
  VIT_B("SAM ViT-B", Preparation.SAM, VitShape.base(), "Apache-2.0"),
  /** SAM with its middle encoder. */
  VIT_L("SAM ViT-L", Preparation.SAM, VitShape.large(), "Apache-2.0"),
  /** SAM with its largest encoder. */
  VIT_H("SAM ViT-H", Preparation.SAM, VitShape.huge(), "Apache-2.0"),
  /** MobileSAM: SAM with a TinyViT. */
  VIT_T("MobileSAM", Preparation.SAM, TinyVitShape.mobile(), "Apache-2.0"),
  /** MedSAM: SAM ViT-B trained further on medical pictures, with boxes. */
  MEDSAM("MedSAM", Preparation.MEDSAM, VitShape.base(), "Apache-2.0"),
  /** LiteMedSAM: MedSAM with a TinyViT for pictures of 256 pixels. */
  LITEMEDSAM("LiteMedSAM", Preparation.LITEMEDSAM, TinyVitShape.lite(), "unknown"),
  /** This program's own small model: a ViT of another size, with prompts drawn into the mask prompt. */
  COMPACT("compact SAM", Preparation.SAM, VitShape.base(), "unknown"),
  /** A ViT of another size, prepared as SAM. */
  VIT("SAM of another size", Preparation.SAM, VitShape.base(), "unknown");

  private final String title;
  private final Preparation preparation;
  private final EncoderShape released;
  private final String licence;

  SamFamily(String title, Preparation preparation, EncoderShape released, String licence) {
    this.title = title;
    this.preparation = preparation;
    this.released = released;
    this.licence = licence;
  }

  /** Its name in options and files. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Its name for people. */
  public String title() {
    return title;
  }

  /** How it prepares pictures. */
  public Preparation preparation() {
    return preparation;
  }

  /** Licence of the released weights, or {@code unknown}. */
  public String licence() {
    return licence;
  }

  /** Whether it was trained with boxes alone. */
  public boolean boxesOnly() {
    return preparation != Preparation.SAM;
  }

  /** Whether prompts are drawn into the mask prompt as well. */
  public boolean drawsPrompts() {
    return this == COMPACT;
  }

  /** The models that users can name. */
  public static List<SamFamily> named() {
    return Arrays.stream(values()).filter(f -> f != VIT).toList();
  }

  /**
   * The model of that name.
   *
   * @throws FiduciaException USAGE if there is none
   */
  public static SamFamily of(String word) {
    List<String> words = Arrays.stream(values()).map(SamFamily::word).toList();
    return Arrays.stream(values()).filter(f -> f.word().equals(word)).findFirst()
        .orElseThrow(() -> FiduciaException.usage("no such model",
            "expected " + named().stream().map(SamFamily::word).collect(Collectors.joining(", "))
                + "; found " + word,
            Suggestions.nearest(word, words).map(w -> "did you mean " + w + "?").orElse("")));
  }

  /** The model that an encoder of this shape belongs to, if nothing else is known. */
  public static SamFamily of(EncoderShape shape) {
    return switch (shape) {
      case TinyVitShape tiny -> tiny.stem() == TinyVitShape.Stem.STRIDED ? VIT_T : LITEMEDSAM;
      case VitShape vit -> List.of(VIT_B, VIT_L, VIT_H).stream()
          .filter(f -> alike((VitShape) f.released, vit)).findFirst().orElse(VIT);
    };
  }

  /**
   * Whether an encoder can be one of this model's. A size that is not published can be anything of its kind.
   */
  public boolean accepts(EncoderShape shape) {
    return switch (shape) {
      case TinyVitShape tiny -> released instanceof TinyVitShape own && own.stem() == tiny.stem();
      case VitShape vit -> {
        SamFamily looks = of(shape);
        yield released instanceof VitShape own
            && (looks == VIT || this == VIT || this == COMPACT || alike(own, vit));
      }
    };
  }

  private static boolean alike(VitShape a, VitShape b) {
    return a.dim() == b.dim() && a.depth() == b.depth() && a.heads() == b.heads();
  }
}
