package io.fiducia.core;

import io.fiducia.base.FiduciaException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a network that was trained on other data is adapted to new data. Parameters that a recipe does
 * not train keep the weights that they came with. Each system says which of its parameters belong to
 * which {@link Part}.
 *
 * @param name its word on the command line and in checkpoints
 * @param keepsHeads whether the output heads of structures that both sides know by name are taken
 *     over, too; otherwise all heads start from random weights
 * @param trained the parts that are trained
 * @param learningRate the highest learning rate
 * @param warmUp the share of the training, 0 to 1, in which the learning rate rises from zero
 */
public record TransferRecipe(String name, boolean keepsHeads, Set<Part> trained,
    double learningRate, double warmUp) {

  /** The parts of a segmentation network that a recipe can train or freeze. */
  public enum Part {
    /** From the image to features. */
    ENCODER,
    /** From features to the input of the heads. */
    DECODER,
    /** The layers that give one output per structure. */
    HEADS
  }

  /** Like nnU-Net's {@code -pretrained_weights}: fresh heads, and everything is trained at 1e-2. */
  public static final TransferRecipe PRETRAINED = new TransferRecipe("pretrained", false,
      EnumSet.allOf(Part.class), 1e-2, 0);
  /** Everything is taken over and trained at a low rate. */
  public static final TransferRecipe FULL = new TransferRecipe("full", true,
      EnumSet.allOf(Part.class), 1e-3, 0.02);
  /** Like {@link #FULL}, with the encoder frozen. */
  public static final TransferRecipe DECODER = new TransferRecipe("decoder", true,
      EnumSet.of(Part.DECODER, Part.HEADS), 1e-3, 0.02);
  /** Like {@link #FULL}, with everything but the heads frozen. */
  public static final TransferRecipe HEADS = new TransferRecipe("heads", true,
      EnumSet.of(Part.HEADS), 1e-2, 0);

  private static final List<TransferRecipe> NAMED = List.of(PRETRAINED, FULL, DECODER, HEADS);

  public TransferRecipe {
    trained = Set.copyOf(trained);
    if (trained.isEmpty() || !(learningRate > 0) || !(warmUp >= 0 && warmUp < 1)) {
      throw new IllegalArgumentException("a recipe needs a part to train, a learning rate above 0 "
          + "and a warm-up from 0 to below 1: " + name + ", " + trained + ", " + learningRate + ", "
          + warmUp);
    }
  }

  /** All recipes that have a name, in the order in which they are listed for people. */
  public static List<TransferRecipe> named() {
    return NAMED;
  }

  /**
   * The recipe of that name.
   *
   * @throws FiduciaException USAGE if there is none; the message lists those that there are
   */
  public static TransferRecipe of(String name) {
    return NAMED.stream().filter(r -> r.name.equals(name)).findFirst()
        .orElseThrow(() -> FiduciaException.usage("no such recipe",
            "expected one of "
                + NAMED.stream().map(TransferRecipe::name).collect(Collectors.joining(", "))
                + "; found " + name,
            "see docs/nnunet.md for what each does"));
  }

  /** Whether the parameters of a part are trained. */
  public boolean trains(Part part) {
    return trained.contains(part);
  }
}
