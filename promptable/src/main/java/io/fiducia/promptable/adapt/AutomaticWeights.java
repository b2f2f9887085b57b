package io.fiducia.promptable.adapt;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.Modality;
import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Weights whose mask tokens stand for the background and for structures, for a model that needs no prompt. Every
 * token, and what turns it into a mask, starts as one of the tokens of the weights before, in turn.
 */
public final class AutomaticWeights {
  /** What files say of the structures: their names in the order of the mask tokens from 1 on. */
  public static final String STRUCTURES = "structures";

  /** What files say of the images that the weights were trained on: {@code CT} or {@code MR}. */
  public static final String MODALITY = "modality";

  private static final String SEPARATOR = "\t";
  private static final String TOKENS = "mask_decoder.mask_tokens.weight";
  private static final String HYPER = "mask_decoder.output_hypernetworks_mlps.";
  private static final String IOU = "mask_decoder.iou_prediction_head.layers.2.";

  private AutomaticWeights() {}

  /** Names as one text of a file. */
  public static String text(List<String> structures) {
    return String.join(SEPARATOR, structures);
  }

  /** The names in a text of a file. */
  static List<String> names(String text) {
    return List.of(text.split(SEPARATOR));
  }

  /** The structures that weights find without prompts; empty for weights that answer prompts. */
  public static Optional<List<String>> structures(SamWeights weights) {
    return Optional.ofNullable(weights.about().get(STRUCTURES))
        .map(AutomaticWeights::names)
        .filter(names -> names.size() + 1 == weights.shape().maskTokens());
  }

  /** What kind of images the weights were trained on, if their file says so. */
  public static Optional<Modality> modality(SamWeights weights) {
    return Optional.ofNullable(weights.about().get(MODALITY))
        .flatMap(word -> Arrays.stream(Modality.values()).filter(m -> m.channel().equals(word))
            .findFirst());
  }

  /**
   * Returns weights that answer prompts.
   *
   * @throws FiduciaException BAD_INPUT for weights that find structures without prompts
   */
  public static SamWeights requirePromptable(SamWeights weights) {
    structures(weights).ifPresent(names -> {
      throw FiduciaException.badInput("these weights take no prompts", weights.name(),
          "they were adapted to find " + String.join(", ", names) + " without prompts",
          "segment whole images with them, without prompts; or give weights that answer prompts");
    });
    return weights;
  }

  /** Weights for so many structures; those of exactly these structures stay as they are. */
  public static SamWeights of(SamWeights base, List<String> structures) {
    if (structures(base).filter(structures::equals).isPresent()) {
      return base;
    }
    SamShape before = base.shape();
    int tokens = structures.size() + 1;
    Map<String, StoredTensor> out = new LinkedHashMap<>();
    base.tensors().forEach((name, tensor) -> {
      if (name.equals(TOKENS) || name.startsWith(IOU)) {
        out.put(name, rows(tensor, tokens));
      } else if (!name.startsWith(HYPER)) {
        out.put(name, tensor);
      }
    });
    for (int token = 0; token < tokens; token++) {
      String from = HYPER + token % before.maskTokens() + ".";
      String to = HYPER + token + ".";
      base.tensors().forEach((name, tensor) -> {
        if (name.startsWith(from)) {
          out.put(to + name.substring(from.length()), tensor);
        }
      });
    }
    Map<String, String> about = new LinkedHashMap<>(base.about());
    about.put(STRUCTURES, text(structures));
    return new SamWeights(base.name(), base.family(), new SamShape(before.encoder(),
        before.channels(), before.maskChannels(), tokens), out, about);
  }

  /** Rows of a tensor, repeated or cut to a number. */
  private static StoredTensor rows(StoredTensor tensor, int count) {
    long[] shape = tensor.shape();
    float[] values = tensor.toFloats();
    int row = Math.toIntExact(values.length / shape[0]);
    float[] out = new float[row * count];
    for (int i = 0; i < count; i++) {
      System.arraycopy(values, (int) (i % shape[0]) * row, out, i * row, row);
    }
    long[] wanted = Arrays.copyOf(shape, shape.length);
    wanted[0] = count;
    return StoredTensor.ofFloats(out, wanted);
  }
}
