package io.fiducia.learn.augment;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.SeededRandom;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes single samples, each a function of (seed, purpose, epoch, iteration, sample) alone. */
final class SampleMaker {
  private final List<PatchSource> cases;
  private final AugmentationSettings settings;
  private final PatchSampler sampler;
  private final PatchShape patch;
  private final int[] regionSize;
  private final int channels;
  private final long seed;
  private final String purpose;

  SampleMaker(
      List<PatchSource> cases, int batchSize, AugmentationSettings settings, long seed,
      String purpose) {
    if (cases.isEmpty()) {
      throw FiduciaException.badInput(
          "There is no case to take " + purpose + " patches from",
          "",
          "",
          "check the split: training and validation need at least one preprocessed case each");
    }
    this.cases = List.copyOf(cases);
    this.channels = cases.get(0).channels();
    for (PatchSource source : cases) {
      if (source.channels() != channels) {
        throw FiduciaException.badInput(
            "Preprocessed cases do not have the same number of channels",
            source.id(),
            "expected " + channels + " as in " + cases.get(0).id() + ", found "
                + source.channels(),
            "preprocess the dataset again");
      }
    }
    if (!settings.maskOutside().isEmpty() && settings.maskOutside().size() != channels) {
      throw FiduciaException.badInput(
          "The plans' use_mask_for_norm does not fit the images",
          cases.get(0).id(),
          "expected " + channels + " entries, found " + settings.maskOutside().size(),
          "use the plans the cases were preprocessed with");
    }
    if (!settings.previousStageLabels().isEmpty()) {
      this.cases.stream().filter(c -> !c.hasPreviousStage()).findFirst().ifPresent(c -> {
        throw FiduciaException.badInput("The first stage has not segmented every case", c.id(),
            "a cascade's second stage is trained on what the first predicts",
            "train the first stage on all five folds, each with its validation");
      });
    }
    this.settings = settings;
    this.sampler = new PatchSampler(cases, batchSize, settings);
    this.patch = PatchShape.of(settings.patch());
    this.regionSize = PatchShape.of(settings.initialPatch()).zyx();
    this.seed = seed;
    this.purpose = purpose;
  }

  /** Input channels of the network: the image's and the previous stage's. */
  int channels() {
    return channels + settings.previousStageLabels().size();
  }

  int voxels() {
    return patch.voxels();
  }

  /** Which sample of a training: that of an epoch, an iteration and a place in the batch, from 0. */
  record Key(int epoch, int iteration, int sample) {}

  /**
   * Writes a sample to its place in a batch, and returns which classes its case has contours of.
   *
   * @param data the batch's channels
   * @param seg the batch's labels
   */
  Optional<Set<Integer>> make(Key key, float[] data, short[] seg, Workspace workspace) {
    int epoch = key.epoch();
    int iteration = key.iteration();
    int sample = key.sample();
    int dataAt = sample * voxels() * channels();
    int segAt = sample * voxels();
    SeededRandom random = SeededRandom.of(seed, purpose + "/sample", epoch, iteration, sample);
    PatchSampler.Place place = sampler.place(sample, random);
    Augmentation drawn = Augmentation.draw(
        settings, channels, SeededRandom.of(seed, purpose + "/augment", epoch, iteration, sample));
    PatchSource source = cases.get(place.caseIndex());
    int voxels = patch.voxels();
    float[] image = workspace.patch(voxels * channels);
    short[] labels = workspace.patchSeg(voxels);
    boolean cascade = !settings.previousStageLabels().isEmpty();
    short[] previous = workspace.previous(cascade ? voxels : 0);
    if (drawn.spatial().isPresent()) {
      SpatialTransform spatial = drawn.spatial().get();
      SpatialTransform.Box box = spatial.needed(patch, regionSize);
      float[] region = workspace.region(box.voxels() * channels);
      short[] regionSeg = workspace.regionSeg(box.voxels());
      source.readPatch(sum(place.start(), box.start()), box.size(), region, regionSeg);
      spatial.apply(new SpatialTransform.Source(region, regionSeg, box, regionSize, channels),
          patch, image, labels);
      if (cascade) {
        source.readPreviousStage(sum(place.start(), box.start()), box.size(), regionSeg);
        spatial.apply(new SpatialTransform.Source(region, regionSeg, box, regionSize, 0), patch,
            image, previous);
      }
    } else {
      source.readPatch(centre(place.start()), patch.zyx(), image, labels);
      if (cascade) {
        source.readPreviousStage(centre(place.start()), patch.zyx(), previous);
      }
    }
    for (Augmentation.Step step : drawn.steps()) {
      step.transform().apply(image, step.channel() * voxels, patch, workspace);
    }
    mask(image, labels);
    Mirror mirror = new Mirror(
        drawn.mirrored().get(0), drawn.mirrored().get(1), drawn.mirrored().get(2));
    for (int c = 0; c < channels; c++) {
      mirror.copy(image, c * voxels, data, dataAt + c * voxels, patch);
    }
    mirror.copyLabels(labels, 0, seg, segAt, patch);
    if (cascade) {
      // The labels' own array is free by now.
      mirror.copyLabels(previous, 0, labels, 0, patch);
      int at = dataAt + channels * voxels;
      oneHot(labels, data, at);
      drawn.previousStage().apply(data, at, settings.previousStageLabels().size(), patch);
    }
    return source.annotated();
  }

  private void oneHot(short[] labels, float[] data, int at) {
    int base = at;
    for (int label : settings.previousStageLabels()) {
      for (int i = 0; i < patch.voxels(); i++) {
        data[base + i] = labels[i] == label ? 1 : 0;
      }
      base += patch.voxels();
    }
  }

  private static int[] sum(int[] a, int[] b) {
    return new int[]{a[0] + b[0], a[1] + b[1], a[2] + b[2]};
  }

  /** Where the patch begins that is cut from the middle of the region at {@code start}. */
  private int[] centre(int[] start) {
    int[] size = patch.zyx();
    int[] at = new int[3];
    for (int axis = 0; axis < 3; axis++) {
      at[axis] = start[axis] + regionSize[axis] / 2 - size[axis] / 2;
    }
    return at;
  }

  /** Masking commutes with mirroring, so it can come first and the copy be the last pass. */
  private void mask(float[] image, short[] labels) {
    int voxels = patch.voxels();
    for (int c = 0; c < settings.maskOutside().size(); c++) {
      if (settings.maskOutside().get(c)) {
        int base = c * voxels;
        for (int i = 0; i < voxels; i++) {
          image[base + i] = labels[i] < 0 ? 0f : image[base + i];
        }
      }
    }
  }
}
