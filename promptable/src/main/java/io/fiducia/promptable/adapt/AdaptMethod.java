package io.fiducia.promptable.adapt;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.Suggestions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What of a model trains. */
public enum AdaptMethod {
  /** The mask decoder, on embeddings that are computed once. */
  DECODER,
  /** Low-rank additions to the attention, and the mask decoder. */
  LORA,
  /** Adapters behind the image encoder's attention and beside its linear layers, and the mask decoder. */
  ADAPTER,
  /** The image encoder and the mask decoder. */
  FULL;

  /** Its name in options and files. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The method of that name.
   *
   * @throws FiduciaException USAGE if there is none
   */
  public static AdaptMethod of(String word) {
    List<String> words = Arrays.stream(values()).map(AdaptMethod::word).toList();
    return Arrays.stream(values()).filter(m -> m.word().equals(word)).findFirst()
        .orElseThrow(() -> FiduciaException.usage("no such method",
            "expected " + String.join(", ", words) + "; found " + word,
            Suggestions.nearest(word, words).map(w -> "did you mean " + w + "?").orElse("")));
  }
}
