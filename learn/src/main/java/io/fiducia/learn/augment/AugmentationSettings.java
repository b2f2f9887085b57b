package io.fiducia.learn.augment;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How training patches are sampled and augmented.
 *
 * @param placement where patches are cut
 * @param motion how patches are rotated, scaled and mirrored
 * @param maskOutside per channel, whether voxels outside the case's nonzero mask are set back to 0
 *     after augmentation (the plans' {@code use_mask_for_norm}); empty for none
 * @param previousStageLabels foreground labels of the first stage's segmentation, each of which
 *     becomes an input channel of a cascade's second stage; empty without a cascade
 * @param probabilities how often each transform is applied
 */
public record AugmentationSettings(Placement placement, Motion motion, List<Boolean> maskOutside,
    List<Integer> previousStageLabels, AugmentationProbabilities probabilities) {
  private static final double ANISOTROPIC_ABOVE = 3;
  private static final double ELONGATED_ABOVE = 1.5;
  private static final double FOREGROUND_SHARE = 0.33;

  /**
   * Where patches are cut.
   *
   * @param patch the network's patch, two or three axes, slowest first
   * @param initialPatch the region that is placed in the case, and whose centre becomes the patch
   * @param foregroundShare the share of samples that must contain a foreground voxel
   * @param ignoreLabel whether the dataset has an ignore label; unforced samples then centre on an
   *     annotated voxel
   */
  public record Placement(List<Integer> patch, List<Integer> initialPatch, double foregroundShare,
      boolean ignoreLabel) {
    public Placement {
      patch = List.copyOf(patch);
      initialPatch = List.copyOf(initialPatch);
      int axes = patch.size();
      if (axes != 2 && axes != 3) {
        throw new IllegalArgumentException("a patch has two or three axes, not " + patch);
      }
      if (initialPatch.size() != axes) {
        throw new IllegalArgumentException("region " + initialPatch + " for patch " + patch);
      }
      for (int i = 0; i < axes; i++) {
        if (patch.get(i) < 1 || initialPatch.get(i) < patch.get(i)) {
          throw new IllegalArgumentException("region " + initialPatch + " for patch " + patch);
        }
      }
      if (!(foregroundShare >= 0 && foregroundShare <= 1)) {
        throw new IllegalArgumentException("a foreground share of " + foregroundShare);
      }
    }
  }

  /**
   * How patches are rotated, scaled and mirrored.
   *
   * @param rotationRadians angles are uniform in plus or minus this
   * @param dummy2d whether rotation, scale and low resolution leave the first axis alone
   * @param mirrorAxes axes of the patch that may be mirrored; leave out the left-right axis where
   *     labels know left from right, or leave it empty
   */
  public record Motion(double rotationRadians, boolean dummy2d, List<Integer> mirrorAxes) {
    public Motion {
      mirrorAxes = List.copyOf(mirrorAxes);
    }
  }

  public AugmentationSettings {
    maskOutside = List.copyOf(maskOutside);
    previousStageLabels = List.copyOf(previousStageLabels);
    List<Integer> patch = placement.patch();
    List<Integer> region = placement.initialPatch();
    if (motion.dummy2d() && (patch.size() != 3 || !region.get(0).equals(patch.get(0)))) {
      throw new IllegalArgumentException(
          "in-plane augmentation of region " + region + " for patch " + patch);
    }
    for (int axis : motion.mirrorAxes()) {
      if (axis < 0 || axis >= patch.size()) {
        throw new IllegalArgumentException("no axis " + axis + " to mirror in patch " + patch);
      }
    }
  }

  /**
   * nnU-Net's own settings for a patch: angles up to 30 degrees, in 2D 180 (15 if one axis is more
   * than 1.5 times the other), in-plane up to 180 if the patch is more than 3 times wider than deep;
   * all axes mirrored; no masks and no ignore label.
   */
  public static AugmentationSettings nnunet(List<Integer> patch) {
    return nnunet(patch, true);
  }

  /**
   * nnU-Net's own settings for a patch, as {@link #nnunet(List)} describes them.
   *
   * @param inPlaneIfFlat whether patches more than 3 times wider than deep are only augmented in-plane
   */
  public static AugmentationSettings nnunet(List<Integer> patch, boolean inPlaneIfFlat) {
    int largest = Collections.max(patch);
    boolean dummy2d = inPlaneIfFlat && patch.size() == 3
        && (double) largest / patch.get(0) > ANISOTROPIC_ABOVE;
    double degrees;
    if (patch.size() == 2) {
      degrees = (double) largest / Collections.min(patch) > ELONGATED_ABOVE ? 15 : 180;
    } else {
      degrees = dummy2d ? 180 : 30;
    }
    double rotation = Math.toRadians(degrees);
    int[] initial = InitialPatchSize.of(patch, rotation, dummy2d);
    return new AugmentationSettings(
        new Placement(patch, IntStream.of(initial).boxed().toList(), FOREGROUND_SHARE, false),
        new Motion(rotation, dummy2d, IntStream.range(0, patch.size()).boxed().toList()),
        List.of(), List.of(), AugmentationProbabilities.nnunet());
  }

  /**
   * These settings with every probability multiplied by {@code strength} in [0, 1], except that of
   * mirroring, which costs nothing and is governed by {@link #mirrorAxes} alone.
   */
  public AugmentationSettings scaled(double strength) {
    if (!(strength >= 0 && strength <= 1)) {
      throw new IllegalArgumentException("augmentation strength " + strength + " is not in [0, 1]");
    }
    return withProbabilities(probabilities.scaled(strength));
  }

  /**
   * These settings without augmentation, for validation batches: the patch itself is placed, with the
   * same share of foreground.
   */
  public AugmentationSettings validation() {
    return new AugmentationSettings(
        new Placement(patch(), patch(), foregroundShare(), ignoreLabel()),
        new Motion(0, dummy2d(), List.of()), List.of(), previousStageLabels,
        AugmentationProbabilities.none());
  }

  /** These settings with other axes to mirror. */
  public AugmentationSettings withMirrorAxes(List<Integer> axes) {
    return new AugmentationSettings(placement,
        new Motion(motion.rotationRadians(), motion.dummy2d(), axes), maskOutside,
        previousStageLabels, probabilities);
  }

  /** These settings with other channels to set to 0 outside the nonzero mask. */
  public AugmentationSettings withMaskOutside(List<Boolean> channels) {
    return new AugmentationSettings(placement, motion, channels, previousStageLabels,
        probabilities);
  }

  /** These settings for a dataset with or without an ignore label. */
  public AugmentationSettings withIgnoreLabel(boolean has) {
    return with(new Placement(patch(), initialPatch(), foregroundShare(), has));
  }

  /** These settings with another share of samples that must contain foreground. */
  public AugmentationSettings withForegroundShare(double share) {
    return with(new Placement(patch(), initialPatch(), share, ignoreLabel()));
  }

  /** These settings with other probabilities. */
  public AugmentationSettings withProbabilities(AugmentationProbabilities chosen) {
    return new AugmentationSettings(placement, motion, maskOutside, previousStageLabels, chosen);
  }

  /** These settings for a cascade's second stage, whose cases must have a first stage's labels. */
  public AugmentationSettings withPreviousStage(List<Integer> labels) {
    return new AugmentationSettings(placement, motion, maskOutside, labels, probabilities);
  }

  private AugmentationSettings with(Placement other) {
    return new AugmentationSettings(other, motion, maskOutside, previousStageLabels,
        probabilities);
  }

  /** See {@link Placement}. */
  public List<Integer> patch() {
    return placement.patch();
  }

  /** See {@link Placement}. */
  public List<Integer> initialPatch() {
    return placement.initialPatch();
  }

  /** See {@link Placement}. */
  public double foregroundShare() {
    return placement.foregroundShare();
  }

  /** See {@link Placement}. */
  public boolean ignoreLabel() {
    return placement.ignoreLabel();
  }

  /** See {@link Motion}. */
  public double rotationRadians() {
    return motion.rotationRadians();
  }

  /** See {@link Motion}. */
  public boolean dummy2d() {
    return motion.dummy2d();
  }

  /** See {@link Motion}. */
  public List<Integer> mirrorAxes() {
    return motion.mirrorAxes();
  }
}
