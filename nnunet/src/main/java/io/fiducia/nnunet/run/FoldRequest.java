package io.fiducia.nnunet.run;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.core.TransferRecipe;
import io.fiducia.learn.train.LearningRate;
import io.fiducia.nnunet.train.TrainingCheckpoints;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What to do with one fold of one configuration.
 *
 * @param configuration a configuration of the plans, such as 3d_fullres
 * @param fold a number from 0, or {@code all}
 * @param plans name of the plans
 * @param trainer the name of a trainer class of nnU-Net; empty: nnUNetTrainer, or
 *     nnUNetTrainerNoMirroring where a limited time is trained with the plans for this machine
 * @param mode what happens to an earlier training of the fold
 * @param training how to train
 * @param validation how the validation cases are segmented and scored; empty: they are not
 */
public record FoldRequest(String configuration, String fold, String plans,
    Optional<String> trainer, Mode mode, Training training, Optional<Validation> validation) {
  /**
   * Checks the names that become part of a path.
   *
   * @throws FiduciaException USAGE for a fold that is neither a number nor {@code all}; BAD_INPUT for
   *     a name of plans that cannot be part of a path
   */
  public FoldRequest {
    if (!fold.matches("\\d{1,6}|all")) {
      throw FiduciaException.usage("no such fold", "expected a number or all, found " + fold, "");
    }
    FileNames.check(plans, "the name of the plans");
  }

  /** What to do with a fold, given what was trained in it before. */
  public enum Mode {
    /** Trains; an earlier training in the fold is an error. */
    FIRST,
    /** Continues an earlier training, or starts one where there is none. */
    CONTINUE,
    /** Removes an earlier training and trains from the beginning. */
    REPLACE,
    /** Trains nothing: only the validation cases are segmented and scored. */
    VALIDATE
  }

  /**
   * How to train; whatever is absent has nnU-Net's default.
   *
   * @param start weights to start from, and how; empty: random weights
   */
  public record Training(Length length, Schedule schedule, Optional<Start> start) {
    /** The trainer's own number of epochs, nnU-Net's schedule, random weights. */
    public static Training standard() {
      return new Training(Length.standard(), Schedule.standard(), Optional.empty());
    }
  }

  /**
   * How long to train.
   *
   * @param epochs number of epochs; empty: the trainer's
   * @param iterations training iterations per epoch; a fifth of them, at least one, validate
   * @param minutes trains for a limited time instead of a number of epochs
   * @param patience epochs without progress after which the training ends early
   * @param stepSeconds the expected time of one step, which a limited time starts from; empty: it is
   *     measured
   */
  public record Length(Optional<Integer> epochs, Optional<Integer> iterations,
      Optional<Double> minutes, Optional<Integer> patience, Optional<Double> stepSeconds) {
    /** The trainer's own. */
    public static Length standard() {
      return new Length(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
          Optional.empty());
    }

    /** So many epochs of so many iterations. */
    public static Length of(int epochs, int iterations) {
      return new Length(Optional.of(epochs), Optional.of(iterations), Optional.empty(),
          Optional.empty(), Optional.empty());
    }

    /** A limited time, with the expected time of one step if it is known. */
    public static Length ofMinutes(double minutes, Optional<Double> stepSeconds) {
      return new Length(Optional.empty(), Optional.empty(), Optional.of(minutes), Optional.empty(),
          stepSeconds);
    }
  }

  /**
   * The course of the learning rate.
   *
   * @param rate the highest learning rate
   * @param decay how it falls
   * @param warmUp the share of the training, 0 to 1, in which it rises from zero
   */
  public record Schedule(Optional<Double> rate, Optional<LearningRate.Decay> decay,
      Optional<Double> warmUp) {
    /** That of the trainer, or of the recipe. */
    public static Schedule standard() {
      return new Schedule(Optional.empty(), Optional.empty(), Optional.empty());
    }
  }

  /**
   * Weights of another model to start from.
   *
   * @param source a checkpoint, a fold's folder or a model's folder
   * @param recipe how the weights are adapted
   */
  public record Start(Path source, TransferRecipe recipe) {}

  /**
   * How the validation cases are segmented.
   *
   * @param best with the best checkpoint instead of the final one
   * @param probabilities whether probabilities are written too, for ensembles
   */
  public record Validation(boolean best, boolean probabilities) {
    /** The checkpoint's name. */
    String checkpoint() {
      return best ? TrainingCheckpoints.BEST : TrainingCheckpoints.FINAL;
    }
  }

  /** A first training with nnU-Net's defaults, followed by a validation with the final weights. */
  public static FoldRequest of(String configuration, String fold, String plans) {
    return new FoldRequest(configuration, fold, plans, Optional.empty(), Mode.FIRST,
        Training.standard(), Optional.of(new Validation(false, false)));
  }

  /** The same with another mode. */
  public FoldRequest with(Mode other) {
    return new FoldRequest(configuration, fold, plans, trainer, other, training, validation);
  }

  /** The same with another training. */
  public FoldRequest with(Training other) {
    return new FoldRequest(configuration, fold, plans, trainer, mode, other, validation);
  }

  /** The same with a trainer, named by its class name in nnU-Net. */
  public FoldRequest withTrainer(String name) {
    return new FoldRequest(configuration, fold, plans, Optional.of(name), mode, training,
        validation);
  }

  /** The same with another validation, or none. */
  public FoldRequest withValidation(Optional<Validation> other) {
    return new FoldRequest(configuration, fold, plans, trainer, mode, training, other);
  }
}
