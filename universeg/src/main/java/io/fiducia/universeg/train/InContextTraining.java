package io.fiducia.universeg.train;

import io.fiducia.core.TrainingBudget;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A training of an in-context network, as it is asked for.
 *
 * @param folder where weights, card, log and checkpoint go; a training that was begun there goes on
 * @param datasets what to learn from
 * @param tasks which tasks are made of them
 * @param start the network before the training
 * @param length how long it lasts
 * @param label what the weights are called
 */
public record InContextTraining(Path folder, List<InContextDataset> datasets, Tasks tasks,
    Start start, Length length, Label label) {
  /** Features of every layer, if nothing else is asked for. */
  public static final int USUAL_WIDTH = 32;

  public InContextTraining {
    datasets = List.copyOf(datasets);
  }

  /**
   * Which tasks are made of the datasets.
   *
   * @param heldOut names of structures that are only validated on
   * @param patients at most this many patients of each dataset
   * @param synthetic share of episodes that are synthetic, 0 to 1: half of them of random label maps,
   *     half of superpixels on the datasets' images
   */
  public record Tasks(List<String> heldOut, int patients, double synthetic) {
    /** Half of the episodes are synthetic. */
    public static final double USUAL_SYNTHETIC = 0.5;

    public Tasks {
      heldOut = List.copyOf(heldOut);
    }
  }

  /**
   * The network before the training.
   *
   * @param weights weights of UniverSeg to start from; they decide the width. Empty: random weights
   * @param width features of every layer; empty: that of the weights, or {@value #USUAL_WIDTH}
   * @param seed where all randomness comes from; empty: 0, or the seed of the training that goes on
   */
  public record Start(Optional<Path> weights, Optional<Integer> width, OptionalLong seed) {}

  /**
   * How long a training lasts.
   *
   * @param budget time or number of steps
   * @param coarseSteps this many steps at the start have slices of half the resolution, which takes a quarter
   *     of the time
   * @param rate highest learning rate
   * @param workers threads that prepare episodes; they change no result
   */
  public record Length(TrainingBudget budget, int coarseSteps, double rate, int workers) {
    /** The usual highest learning rate. */
    public static final double USUAL_RATE = 1e-3;
  }

  /**
   * What the weights are called.
   *
   * @param name name of the weights
   * @param licence on what terms they may be used
   * @param version version of the program
   */
  public record Label(String name, String licence, String version) {}
}
