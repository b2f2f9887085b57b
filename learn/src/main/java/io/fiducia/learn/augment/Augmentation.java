package io.fiducia.learn.augment;

import io.fiducia.base.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that was drawn for one sample: first the spatial transform, then the intensity steps in order,
 * then mirroring.
 *
 * @param mirrored per axis (z, y, x) of the patch
 * @param previousStage what is done, last, to the first stage's segmentation
 */
record Augmentation(
    Optional<SpatialTransform> spatial, List<Step> steps, List<Boolean> mirrored,
    PreviousStageNoise previousStage) {

  /** One intensity transform of one channel. */
  record Step(int channel, IntensityTransform transform) {}

  /**
   * Draws in nnU-Net's order: spatial, noise, blur, brightness, contrast, low resolution, inverted
   * gamma, gamma, mirror, previous stage.
   */
  static Augmentation draw(AugmentationSettings settings, int channels, SeededRandom random) {
    AugmentationProbabilities p = settings.probabilities();
    Optional<SpatialTransform> spatial = SpatialTransform.draw(settings, random);
    List<Step> steps = new ArrayList<>();
    if (Draws.happens(random, p.noise().noise())) {
      double sigma = GaussianNoise.drawSigma(random);
      for (int c = 0; c < channels; c++) {
        steps.add(new Step(c, new GaussianNoise(sigma, random.nextLong())));
      }
    }
    if (Draws.happens(random, p.noise().blur())) {
      for (int c = 0; c < channels; c++) {
        if (Draws.happens(random, p.noise().blurChannel())) {
          steps.add(new Step(c, GaussianBlur.draw(random)));
        }
      }
    }
    if (Draws.happens(random, p.intensity().brightness())) {
      for (int c = 0; c < channels; c++) {
        steps.add(new Step(c, Brightness.draw(random)));
      }
    }
    if (Draws.happens(random, p.intensity().contrast())) {
      for (int c = 0; c < channels; c++) {
        steps.add(new Step(c, Contrast.draw(random)));
      }
    }
    if (Draws.happens(random, p.resolution().sample())) {
      for (int c = 0; c < channels; c++) {
        if (Draws.happens(random, p.resolution().channel())) {
          steps.add(new Step(c, LowResolution.draw(random, settings.dummy2d())));
        }
      }
    }
    if (Draws.happens(random, p.gamma().inverted())) {
      for (int c = 0; c < channels; c++) {
        steps.add(new Step(c, Gamma.draw(random, true)));
      }
    }
    if (Draws.happens(random, p.gamma().plain())) {
      for (int c = 0; c < channels; c++) {
        steps.add(new Step(c, Gamma.draw(random, false)));
      }
    }
    List<Boolean> mirrored = new ArrayList<>(List.of(false, false, false));
    int missingAxes = 3 - settings.patch().size();
    for (int axis : settings.mirrorAxes()) {
      mirrored.set(axis + missingAxes, Draws.happens(random, p.spatial().mirror()));
    }
    // Drawn last, so that a cascade sees the images that its first stage would have seen.
    PreviousStageNoise previousStage = PreviousStageNoise.draw(p.previousStage(),
        settings.previousStageLabels().size(), random);
    return new Augmentation(spatial, List.copyOf(steps), List.copyOf(mirrored), previousStage);
  }
}
