package io.fiducia.nnunet.infer;

import io.fiducia.base.FiduciaException;
import io.fiducia.learn.window.Precision;
import io.fiducia.learn.window.SlidingWindow.Accumulation;
import io.fiducia.nnunet.train.TrainingCheckpoints;
import io.fiducia.torch.Device;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Which weights of a model folder compute a segmentation, and how. Start from {@link #on} and change
 * what differs.
 *
 * @param precision of the networks
 */
public record ModelOptions(Device device, Weights weights, Tiling tiling, Precision precision) {
  /**
   * Which weights are used.
   *
   * @param folds which folds are averaged; empty: all that have the checkpoint
   * @param checkpoint file name of the checkpoint in each fold's folder
   */
  public record Weights(List<String> folds, String checkpoint) {
    public Weights {
      folds = List.copyOf(folds);
    }
  }

  /**
   * How the image is covered with patches.
   *
   * @param stepFraction distance between patches as a share of the patch
   * @param mirroring whether to average over the mirrorings that the model allows
   * @param accumulation precision of the sums over patches
   * @param emptyBelow the least intensity, in the units of the images, that makes a patch worth computing:
   *     patches in which no voxel of the prepared image reaches it are not computed, and voxels that no
   *     other patch covers become background. Applies to images of one CT channel (plans with
   *     CTNormalization, whose clipping leaves the value distinguishable); empty, and for all others: every
   *     patch is computed
   */
  public record Tiling(double stepFraction, boolean mirroring, Accumulation accumulation,
      OptionalDouble emptyBelow) {
    /**
     * Checks the step.
     *
     * @throws FiduciaException USAGE if it does not lie above 0 and at most at 1
     */
    public Tiling {
      if (!(stepFraction > 0 && stepFraction <= 1)) {
        throw FiduciaException.usage("the step must lie above 0 and not above 1",
            "found " + stepFraction, "nnU-Net's default is 0.5");
      }
    }
  }

  /** nnU-Net's defaults, but for sums in single precision: all folds, final checkpoint, step 0.5. */
  public static ModelOptions on(Device device) {
    return new ModelOptions(device, new Weights(List.of(), TrainingCheckpoints.FINAL),
        new Tiling(0.5, true, Accumulation.SINGLE, OptionalDouble.empty()), Precision.FP32);
  }

  /** The same with these folds. @param folds empty: all that there are */
  public ModelOptions withFolds(List<String> folds) {
    return new ModelOptions(device, new Weights(folds, weights.checkpoint()), tiling, precision);
  }

  /** The same with another checkpoint, such as {@code checkpoint_best.pth}. */
  public ModelOptions withCheckpoint(String name) {
    return new ModelOptions(device, new Weights(weights.folds(), name), tiling, precision);
  }

  /** The same with another distance between patches. */
  public ModelOptions withStep(double fraction) {
    return withTiling(new Tiling(fraction, tiling.mirroring(), tiling.accumulation(),
        tiling.emptyBelow()));
  }

  /** The same with or without averaging over mirrored images. */
  public ModelOptions withMirroring(boolean wanted) {
    return withTiling(new Tiling(tiling.stepFraction(), wanted, tiling.accumulation(),
        tiling.emptyBelow()));
  }

  /** The same with another precision of the sums over patches. */
  public ModelOptions withAccumulation(Accumulation other) {
    return withTiling(new Tiling(tiling.stepFraction(), tiling.mirroring(), other,
        tiling.emptyBelow()));
  }

  /**
   * The same without computing patches of a CT in which no voxel reaches an intensity, such as -500 HU for
   * patches without any body. Only voxels of such patches can change.
   */
  public ModelOptions withEmptyBelow(double intensity) {
    return withTiling(new Tiling(tiling.stepFraction(), tiling.mirroring(), tiling.accumulation(),
        OptionalDouble.of(intensity)));
  }

  /** The same with another precision of the networks. */
  public ModelOptions withPrecision(Precision other) {
    return new ModelOptions(device, weights, tiling, other);
  }

  private ModelOptions withTiling(Tiling other) {
    return new ModelOptions(device, weights, other, precision);
  }
}
