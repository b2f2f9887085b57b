package io.fiducia.promptable.adapt;

import io.fiducia.base.FiduciaException;
import io.fiducia.promptable.adapt.layer.Additions;
import io.fiducia.promptable.adapt.layer.LowRank;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.torch.NamedTensor;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.StoredTensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network of which a part trains. Everything else is frozen: it has no gradients.
 *
 * @param network the network with its additions
 * @param method what trains
 * @param additions what was added
 */
public record AdaptedNetwork(SamNetwork network, AdaptMethod method, Additions additions) {
  private static final String ENCODER = "image_encoder.";
  private static final String DECODER = "mask_decoder.";
  private static final String PROMPTS = "prompt_encoder.";
  /** What released TinyViT weights carry for classification and nobody uses. */
  private static final List<String> UNUSED = List.of(ENCODER + "head.", ENCODER + "norm_head.");

  /**
   * What trains.
   *
   * @param method which layers
   * @param lowRank size of low-rank additions, used by {@link AdaptMethod#LORA} only
   * @param promptEncoder whether the prompt encoder trains too: needed from random weights, else it stays, as
   *     in MedSAM
   */
  public record Choice(AdaptMethod method, LowRank lowRank, boolean promptEncoder) {
    /** A method with SAMed's low-rank additions, for weights that were trained before. */
    public static Choice of(AdaptMethod method) {
      return new Choice(method, LowRank.usual(), false);
    }

    /** Every layer, the prompt encoder too. */
    public static Choice everything() {
      return new Choice(AdaptMethod.FULL, LowRank.usual(), true);
    }
  }

  /**
   * Adds what the method adds to a loaded network, and freezes the rest. The network answers as before.
   *
   * @param seed where the random start of additions comes from
   * @throws FiduciaException BAD_INPUT if the network has adapters already and new ones are wanted
   */
  public static AdaptedNetwork of(SamNetwork network, Choice choice, long seed) {
    boolean adapted = Additions.hasAdapters(network.state().keySet());
    if (adapted && choice.method() != AdaptMethod.DECODER) {
      throw FiduciaException.badInput("the weights have adapters already", "weights",
          "method " + choice.method().word() + " starts from weights in the released layout",
          "start from the weights without adapters, or train the decoder only");
    }
    Additions additions = switch (choice.method()) {
      case LORA -> Additions.lowRank(network, choice.lowRank(), seed);
      case ADAPTER -> Additions.adapters(network, seed);
      case DECODER, FULL -> Additions.none(network);
    };
    network.parameters().forEach(p -> p.tensor().requiresGrad_(trains(p.name(), choice)));
    return new AdaptedNetwork(network, choice.method(), additions);
  }

  private static boolean trains(String name, Choice choice) {
    if (name.startsWith(PROMPTS)) {
      return choice.promptEncoder();
    }
    if (UNUSED.stream().anyMatch(name::startsWith)) {
      return false;
    }
    if (Additions.isAddition(name)) {
      return choice.method() == AdaptMethod.LORA || choice.method() == AdaptMethod.ADAPTER;
    }
    boolean decoder = name.startsWith(DECODER);
    return switch (choice.method()) {
      case DECODER, ADAPTER -> decoder;
      case LORA -> decoder && !choice.lowRank().decoder();
      case FULL -> true;
    };
  }

  /** The parameters that train. */
  public List<NamedTensor> trainable() {
    return network.parameters();
  }

  /** Whether the image encoder stays as it is, so that embeddings can be computed once. */
  public boolean encoderIsFrozen() {
    return trainable().stream().noneMatch(p -> p.name().startsWith(ENCODER));
  }

  /** Copies of all tensors in the released layout, low-rank additions merged. */
  public Map<String, StoredTensor> merged() {
    return additions.merged();
  }

  /** Copies of the tensors that train: the difference to the weights before. */
  public Map<String, StoredTensor> difference() {
    Map<String, StoredTensor> out = new LinkedHashMap<>();
    trainable().forEach(p -> out.put(p.name(), StoredTensors.toStored(p.tensor())));
    return out;
  }
}
