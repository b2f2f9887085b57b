package io.fiducia.learn.augment;

/**
 * How often each transform of the augmentation is applied: probabilities from 0 to 1.
 *
 * @param spatial of the transforms that move voxels
 * @param noise of noise and blur
 * @param intensity of brightness and contrast
 * @param resolution of a lower resolution
 * @param gamma of the changes of gamma
 * @param previousStage of the transforms of a first stage's segmentation, in a cascade's second stage
 */
public record AugmentationProbabilities(Spatial spatial, Noise noise, Intensity intensity,
    Resolution resolution, GammaChange gamma, PreviousStage previousStage) {

  /**
   * The transforms that move voxels.
   *
   * @param rotation of a rotation
   * @param scaling of a change of size
   * @param mirror of mirroring, per axis
   */
  public record Spatial(double rotation, double scaling, double mirror) {}

  /**
   * Noise and blur.
   *
   * @param noise of noise
   * @param blur of blur
   * @param blurChannel of each channel once blur was drawn
   */
  public record Noise(double noise, double blur, double blurChannel) {}

  /** The intensities' offset and spread. */
  public record Intensity(double brightness, double contrast) {}

  /**
   * A lower resolution.
   *
   * @param sample of any change in a sample
   * @param channel of each channel once it was drawn
   */
  public record Resolution(double sample, double channel) {}

  /**
   * The changes of gamma.
   *
   * @param inverted of a change of the inverted image
   * @param plain of a change of the image as it is
   */
  public record GammaChange(double inverted, double plain) {}

  /** The transforms of {@link PreviousStageNoise}. */
  public record PreviousStage(double morphology, double removal) {}

  /** The probabilities of nnU-Net v2. */
  public static AugmentationProbabilities nnunet() {
    return new AugmentationProbabilities(new Spatial(0.2, 0.2, 0.5), new Noise(0.1, 0.2, 0.5),
        new Intensity(0.15, 0.15), new Resolution(0.25, 0.5), new GammaChange(0.1, 0.3),
        new PreviousStage(0.4, 0.2));
  }

  /** No transform at all. */
  public static AugmentationProbabilities none() {
    return new AugmentationProbabilities(new Spatial(0, 0, 0), new Noise(0, 0, 0),
        new Intensity(0, 0), new Resolution(0, 0), new GammaChange(0, 0), new PreviousStage(0, 0));
  }

  /** These, times a strength; mirroring and the shares of the channels stay. */
  AugmentationProbabilities scaled(double strength) {
    return new AugmentationProbabilities(
        new Spatial(spatial.rotation * strength, spatial.scaling * strength, spatial.mirror),
        new Noise(noise.noise * strength, noise.blur * strength, noise.blurChannel),
        new Intensity(intensity.brightness * strength, intensity.contrast * strength),
        new Resolution(resolution.sample * strength, resolution.channel),
        new GammaChange(gamma.inverted * strength, gamma.plain * strength),
        new PreviousStage(previousStage.morphology * strength,
            previousStage.removal * strength));
  }
}
