package io.fiducia.nnunet.train;

import io.fiducia.base.FiduciaException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * How a network that was trained on other data is adapted to these. What is frozen keeps the weights
 * it came with.
 */
public enum Recipe {
  /** nnU-Net's {@code -pretrained_weights}: all but the heads is taken over, all is trained at 1e-2. */
  PRETRAINED("pretrained", false, 1e-2, 0),
  /** All is taken over, heads of structures of the same name too, and all is trained gently. */
  FULL("full", true, 1e-3, 0.02),
  /** As FULL, with the encoder frozen. */
  DECODER("decoder", true, 1e-3, 0.02),
  /** As FULL, with all but the heads frozen. */
  HEADS("heads", true, 1e-2, 0);

  private final String word;
  private final boolean keepsHeads;
  private final double learningRate;
  private final double warmUp;

  Recipe(String word, boolean keepsHeads, double learningRate, double warmUp) {
    this.word = word;
    this.keepsHeads = keepsHeads;
    this.learningRate = learningRate;
    this.warmUp = warmUp;
  }

  /** The recipe of that name. @throws FiduciaException USAGE naming those that there are */
  public static Recipe of(String word) {
    return Arrays.stream(values()).filter(r -> r.word.equals(word)).findFirst()
        .orElseThrow(() -> FiduciaException.usage("no such recipe",
            "expected one of " + Arrays.stream(values()).map(r -> r.word)
                .collect(Collectors.joining(", ")) + "; found " + word,
            "see docs/nnunet.md for what each does"));
  }

  /** Its name on the command line. */
  public String word() {
    return word;
  }

  boolean keepsHeads() {
    return keepsHeads;
  }

  /** Its highest learning rate. */
  public double learningRate() {
    return learningRate;
  }

  /** Over which share of the training its learning rate rises from zero. */
  public double warmUp() {
    return warmUp;
  }

  /** Whether a parameter of that name learns. */
  boolean trains(String parameter) {
    return switch (this) {
      case PRETRAINED, FULL -> true;
      case DECODER -> !parameter.startsWith("encoder.");
      case HEADS -> parameter.contains(".seg_layers.");
    };
  }
}
