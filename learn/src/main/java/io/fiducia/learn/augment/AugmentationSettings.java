package io.fiducia.learn.augment;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How training patches are sampled and varied.
 *
 * @param patch the network's patch, two or three axes, slowest first
 * @param initialPatch the region that is placed in the case, and whose centre becomes the patch
 * @param rotationRadians angles are uniform in plus or minus this
 * @param dummy2d whether rotation, scale and low resolution leave the first axis alone
 * @param mirrorAxes axes of the patch that may be mirrored; leave out the left-right axis where labels
 *     know left from right, or leave it empty
 * @param maskOutside per channel, whether voxels outside the case's nonzero mask are set back to 0
 *     after augmentation (the plans' {@code use_mask_for_norm}); empty for none
 * @param foregroundShare the share of samples that must contain a foreground voxel
 * @param ignoreLabel whether the dataset has an ignore label; unforced samples then centre on an
 *     annotated voxel
 * @param previousStageLabels foreground labels of the first stage's segmentation, each of which
 *     becomes an input channel of a cascade's second stage; empty without a cascade
 * @param probabilities how often each transform is applied
 */
public record AugmentationSettings(
    List<Integer> patch,
    List<Integer> initialPatch,
    double rotationRadians,
    boolean dummy2d,
    List<Integer> mirrorAxes,
    List<Boolean> maskOutside,
    double foregroundShare,
    boolean ignoreLabel,
    List<Integer> previousStageLabels,
    Probabilities probabilities) {
  private static final double ANISOTROPIC_ABOVE = 3;
  private static final double ELONGATED_ABOVE = 1.5;
  private static final double FOREGROUND_SHARE = 0.33;

  /**
   * The probability of each transform; {@code blurChannel} and {@code lowResolutionChannel} are those
   * of each channel once the transform was drawn, {@code mirror} is per axis; the last two are
   * those of {@link PreviousStageNoise}, in a cascade's second stage.
   */
  public record Probabilities(
      double rotation,
      double scaling,
      double noise,
      double blur,
      double blurChannel,
      double brightness,
      double contrast,
      double lowResolution,
      double lowResolutionChannel,
      double gammaInverted,
      double gamma,
      double mirror,
      double previousMorphology,
      double previousRemoval) {
    /** Those of nnU-Net v2. */
    public static Probabilities nnunet() {
      return new Probabilities(0.2, 0.2, 0.1, 0.2, 0.5, 0.15, 0.15, 0.25, 0.5, 0.1, 0.3, 0.5, 0.4,
          0.2);
    }

    /** None at all. */
    public static Probabilities none() {
      return new Probabilities(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    private Probabilities scaled(double strength) {
      return new Probabilities(
          rotation * strength,
          scaling * strength,
          noise * strength,
          blur * strength,
          blurChannel,
          brightness * strength,
          contrast * strength,
          lowResolution * strength,
          lowResolutionChannel,
          gammaInverted * strength,
          gamma * strength,
          mirror,
          previousMorphology * strength,
          previousRemoval * strength);
    }
  }

  public AugmentationSettings {
    patch = List.copyOf(patch);
    initialPatch = List.copyOf(initialPatch);
    mirrorAxes = List.copyOf(mirrorAxes);
    maskOutside = List.copyOf(maskOutside);
    previousStageLabels = List.copyOf(previousStageLabels);
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
    if (dummy2d && (axes != 3 || !initialPatch.get(0).equals(patch.get(0)))) {
      throw new IllegalArgumentException(
          "in-plane augmentation of region " + initialPatch + " for patch " + patch);
    }
    for (int axis : mirrorAxes) {
      if (axis < 0 || axis >= axes) {
        throw new IllegalArgumentException("no axis " + axis + " to mirror in patch " + patch);
      }
    }
    if (!(foregroundShare >= 0 && foregroundShare <= 1)) {
      throw new IllegalArgumentException("a foreground share of " + foregroundShare);
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
   * As above.
   *
   * @param inPlaneIfFlat whether patches more than 3 times wider than deep are only varied in-plane
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
        patch,
        IntStream.of(initial).boxed().toList(),
        rotation,
        dummy2d,
        IntStream.range(0, patch.size()).boxed().toList(),
        List.of(),
        FOREGROUND_SHARE,
        false,
        List.of(),
        Probabilities.nnunet());
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
        patch, patch, 0, dummy2d, List.of(), List.of(), foregroundShare, ignoreLabel,
        previousStageLabels, Probabilities.none());
  }

  public AugmentationSettings withMirrorAxes(List<Integer> axes) {
    return new AugmentationSettings(
        patch, initialPatch, rotationRadians, dummy2d, axes, maskOutside, foregroundShare,
        ignoreLabel, previousStageLabels, probabilities);
  }

  public AugmentationSettings withMaskOutside(List<Boolean> channels) {
    return new AugmentationSettings(
        patch, initialPatch, rotationRadians, dummy2d, mirrorAxes, channels, foregroundShare,
        ignoreLabel, previousStageLabels, probabilities);
  }

  public AugmentationSettings withIgnoreLabel(boolean has) {
    return new AugmentationSettings(
        patch, initialPatch, rotationRadians, dummy2d, mirrorAxes, maskOutside, foregroundShare,
        has, previousStageLabels, probabilities);
  }

  public AugmentationSettings withForegroundShare(double share) {
    return new AugmentationSettings(
        patch, initialPatch, rotationRadians, dummy2d, mirrorAxes, maskOutside, share, ignoreLabel,
        previousStageLabels, probabilities);
  }

  public AugmentationSettings withProbabilities(Probabilities chosen) {
    return new AugmentationSettings(
        patch, initialPatch, rotationRadians, dummy2d, mirrorAxes, maskOutside, foregroundShare,
        ignoreLabel, previousStageLabels, chosen);
  }

  /** These settings for a cascade's second stage, whose cases must have a first stage's labels. */
  public AugmentationSettings withPreviousStage(List<Integer> labels) {
    return new AugmentationSettings(
        patch, initialPatch, rotationRadians, dummy2d, mirrorAxes, maskOutside, foregroundShare,
        ignoreLabel, labels, probabilities);
  }
}
