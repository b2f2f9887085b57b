package io.fiducia.nnunet.train;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.TransferRecipe;
import io.fiducia.learn.transfer.Adaptation;
import io.fiducia.learn.transfer.OutputMatch;
import io.fiducia.learn.transfer.TensorRule;
import io.fiducia.learn.transfer.TensorSlot;
import io.fiducia.learn.transfer.WeightMapping;
import io.fiducia.learn.transfer.WeightReport;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.dataset.ModelOrigin;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.torch.NamedTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Weights to start a training from.
 *
 * @param source the weights, as the user named them
 * @param start the weights
 * @param recipe how they are adapted
 */
public record Transfer(Path source, StartWeights start, TransferRecipe recipe) {
  private static final String BACKGROUND = "background";

  /**
   * Reads weights.
   *
   * @param source a checkpoint, a fold's folder or a model's folder, as {@link StartWeights#read}
   *     takes it
   * @throws FiduciaException BAD_INPUT if there are none
   */
  public static Transfer read(Path source, TransferRecipe recipe) {
    return new Transfer(source, StartWeights.read(source), recipe);
  }

  /**
   * Fills a network and freezes what the recipe freezes.
   *
   * <p>Everything but the heads must have the source's shape. A recipe that keeps heads takes over the
   * rows of the structures that the source has ({@link StartWeights#outputsFor}), and adapts the first
   * convolution to another number of image channels ({@link TensorRule#inputChannels}).
   *
   * @param labels what the outputs of the network mean
   * @param images whether every input channel is an image; in a cascade's second stage it is not, and
   *     the channels must be the source's
   * @return what became of every tensor
   * @throws FiduciaException BAD_INPUT naming where the networks differ; the network is then unchanged
   */
  WeightReport initialise(UNet network, Labels labels, boolean images) {
    List<TensorSlot> slots = network.slots();
    String first = slots.getFirst().name();
    TensorRule heads = heads(labels);
    WeightMapping mapping = WeightMapping.of(slots, start.weights(), name -> {
      if (isHead(name)) {
        return heads;
      }
      return name.equals(first) && images && recipe.keepsHeads()
          ? TensorRule.inputChannels()
          : TensorRule.same();
    });
    if (!mapping.misfits().isEmpty()) {
      throw misfits(mapping.misfits());
    }
    mapping.apply();
    freeze(network);
    return mapping.report();
  }

  private static boolean isHead(String parameter) {
    return UNet.part(parameter) == TransferRecipe.Part.HEADS;
  }

  private TensorRule heads(Labels labels) {
    if (!recipe.keepsHeads()) {
      return TensorRule.fresh("the recipe " + recipe.name() + " starts with fresh heads");
    }
    List<String> wanted = StartWeights.names(labels);
    OutputMatch match = OutputMatch.byName(wanted, start.outputsFor(wanted));
    // The head of the background alone is useless: it was trained against other structures.
    return match.taken().stream().allMatch(BACKGROUND::equals)
        ? TensorRule.fresh("the source has none of the structures")
        : TensorRule.rows(match);
  }

  private FiduciaException misfits(List<WeightMapping.Misfit> misfits) {
    List<WeightMapping.Misfit> body = misfits.stream().filter(m -> !isHead(m.name())).toList();
    if (body.isEmpty()) {
      return FiduciaException.badInput("weights do not fit the network", start.file(),
          misfits.getFirst() + ", for " + start.outputs().size() + " outputs of the source",
          "use the recipe " + TransferRecipe.PRETRAINED.name()
              + ", which does not take over heads");
    }
    WeightMapping.Misfit first = body.getFirst();
    List<String> places = body.stream().map(m -> UNet.place(m.name())).distinct().toList();
    String why = places.getFirst() + " differs: " + first
        + (body.size() > 1
            ? "; " + body.size() + " tensors differ, in " + String.join(", ", places)
            : "");
    return FiduciaException.badInput("weights do not fit the network", start.file(), why,
        "plan the dataset with the plans of the source ('fiducia nnunet plan --like MODEL'), and"
            + " train with those plans");
  }

  private void freeze(UNet network) {
    for (NamedTensor p : network.parameters()) {
      if (!recipe.trains(UNet.part(p.name()))) {
        p.tensor().requiresGrad_(false);
      }
    }
  }

  /**
   * The report that stands beside the checkpoints, before the first step.
   *
   * @param report of {@link #initialise}
   * @param cases names of the training cases
   */
  Adaptation adaptation(WeightReport report, List<String> cases, long seed) {
    Map<String, Object> origin = start.origin().map(ModelOrigin::facts).orElse(Map.of());
    return new Adaptation(new Adaptation.Start(source.toString(), recipe.name(), origin), cases,
        seed, 0, report, name -> recipe.trains(UNet.part(name))
            ? OptionalLong.of(0)
            : OptionalLong.empty());
  }
}
