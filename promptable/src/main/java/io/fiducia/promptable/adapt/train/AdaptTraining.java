package io.fiducia.promptable.adapt.train;

import io.fiducia.core.TrainingBudget;
import io.fiducia.learn.train.LearningRate;
import io.fiducia.promptable.adapt.AdaptMethod;
import io.fiducia.promptable.adapt.AdaptedNetwork;
import io.fiducia.promptable.sam.network.SamShape;
import io.fiducia.promptable.sam.weights.SamFamily;
import io.fiducia.promptable.sam.weights.SamWeights;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A training of a model of the SAM family, as it is asked for.
 *
 * @param folder where weights, card, log and checkpoint go; a training that was begun there goes on
 * @param data the datasets to learn from, with different names
 * @param start the network before the training
 * @param goal what it should learn
 * @param length how long it lasts
 * @param label what the weights are called
 */
public record AdaptTraining(Path folder, List<AdaptData> data, Start start, Goal goal,
    Length length,
    Label label) {
  public AdaptTraining {
    data = List.copyOf(data);
    if (data.isEmpty()) {
      throw new IllegalArgumentException("no data");
    }
  }

  /** The network before a training. */
  public sealed interface Start {
    /** Which layers train. */
    AdaptedNetwork.Choice choice();

    /**
     * Weights that are adapted.
     *
     * @param weights in the released layout
     * @param choice what of them trains
     */
    record From(SamWeights weights, AdaptedNetwork.Choice choice) implements Start {}

    /**
     * Random weights. Everything trains.
     *
     * @param shape of the network
     * @param family how it prepares pictures
     */
    record Random(SamShape shape, SamFamily family) implements Start {
      @Override
      public AdaptedNetwork.Choice choice() {
        return AdaptedNetwork.Choice.everything();
      }
    }
  }

  /** What a model should learn. */
  public sealed interface Goal {
    /**
     * To answer prompts.
     *
     * @param shares of the kinds of prompts
     * @param varied how often made-up structures are learned from, beside strongly varied views of slices: for
     *     a network that should segment anything. Empty: slices with small changes
     */
    record Prompted(PromptShares shares, Optional<MadeUpShares> varied) implements Goal {
      /** To answer prompts in the slices as they are, with small changes. */
      public Prompted(PromptShares shares) {
        this(shares, Optional.empty());
      }
    }

    /** To find all structures of the data without prompts. */
    record Automatic() implements Goal {}
  }

  /**
   * How long a training lasts, and how fast it learns.
   *
   * @param budget time or number of steps
   * @param batch examples of a step
   * @param rate highest learning rate, and how it falls
   * @param averaging share of the averaged weights that a step keeps; 0: the last weights are used
   * @param changed whether pictures are moved, scaled, turned and given another contrast; a frozen encoder
   *     sees them as they are
   * @param embeddingBytes embeddings of a frozen encoder in memory may take so many; the others lie in the
   *     folder until the training ends
   * @param seed where all randomness comes from
   */
  public record Length(TrainingBudget budget, int batch, LearningRate rate, double averaging,
      boolean changed, long embeddingBytes, long seed) {
    private static final double WARM_UP = 0.05;
    private static final long USUAL_BYTES = 1L << 30;
    private static final int USUAL_BATCH = 4;

    public Length {
      if (batch < 1 || embeddingBytes < 0) {
        throw new IllegalArgumentException(batch + " examples, " + embeddingBytes + " bytes");
      }
    }

    /** Usual settings: MedSAM's rate for whole layers, finetune-SAM's for additions. */
    public static Length usual(TrainingBudget budget, AdaptMethod method, long seed) {
      double highest = switch (method) {
        case DECODER, FULL -> 1e-4;
        case LORA, ADAPTER -> 5e-4;
      };
      return new Length(budget, USUAL_BATCH,
          new LearningRate(highest, LearningRate.Decay.POLY, WARM_UP), 0, true, USUAL_BYTES, seed);
    }

    /** The same with another highest learning rate. */
    public Length withRate(double highest) {
      return new Length(budget, batch, new LearningRate(highest, rate.decay(), rate.warmUp()),
          averaging, changed, embeddingBytes, seed);
    }

    /** The same with another number of examples in each step. */
    public Length withBatch(int examples) {
      return new Length(budget, examples, rate, averaging, changed, embeddingBytes, seed);
    }

    /** The same with averaged weights. */
    public Length withAveraging(double share) {
      return new Length(budget, batch, rate, share, changed, embeddingBytes, seed);
    }
  }

  /**
   * What the weights are called.
   *
   * @param name name of the weights
   * @param licence on what terms they may be used
   * @param version version of the program
   * @param half whether weights.safetensors holds float16, half the size; else float32
   */
  public record Label(String name, String licence, String version, boolean half) {}
}
