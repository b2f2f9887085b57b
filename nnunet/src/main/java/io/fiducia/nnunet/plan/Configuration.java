package io.fiducia.nnunet.plan;

import java.util.List;
import java.util.Optional;

/**
 * One configuration of a plan, inheritance resolved. Lists are in the axes of the transposed arrays:
 * (z, y, x), or (y, x) in 2D.
 *
 * @param identity its names, and those of what belongs to it
 * @param batch what the network sees in one step
 * @param target the grid that images are resampled to
 * @param normalization how the intensities of each channel are changed
 * @param resampling how each kind of array is resampled
 * @param architecture the network
 */
public record Configuration(Identity identity, Batch batch, Target target,
    Normalization normalization, ByKind resampling, Architecture architecture) {
  /**
   * Names.
   *
   * @param name such as 3d_fullres
   * @param dataIdentifier folder of its preprocessed data
   * @param preprocessorName upstream's class of the preprocessor
   * @param previousStage the configuration whose prediction a cascade feeds in
   */
  public record Identity(String name, String dataIdentifier, String preprocessorName,
      Optional<String> previousStage) {}

  /**
   * What the network sees in one step.
   *
   * @param size patches per batch
   * @param patchSize voxels of a patch
   * @param dice whether Dice is computed over a whole batch, not per patch
   */
  public record Batch(int size, List<Integer> patchSize, boolean dice) {
    public Batch {
      patchSize = List.copyOf(patchSize);
    }
  }

  /**
   * The grid that images are resampled to.
   *
   * @param spacing in mm
   * @param medianShape median size of the images at that spacing, in voxels; may hold halves
   */
  public record Target(List<Double> spacing, List<Double> medianShape) {
    public Target {
      spacing = List.copyOf(spacing);
      medianShape = List.copyOf(medianShape);
    }
  }

  /**
   * How the intensities of each channel are changed.
   *
   * @param schemes upstream's name, one per channel
   * @param useMask per channel whether only the nonzero region counts
   */
  public record Normalization(List<String> schemes, List<Boolean> useMask) {
    public Normalization {
      schemes = List.copyOf(schemes);
      useMask = List.copyOf(useMask);
    }
  }

  /** How images, label maps and logits are resampled. */
  public record ByKind(ResamplingSettings data, ResamplingSettings seg,
      ResamplingSettings probabilities) {}

  /** The same with other names. */
  public Configuration with(Identity other) {
    return new Configuration(other, batch, target, normalization, resampling, architecture);
  }

  /** The same with another batch. */
  public Configuration with(Batch other) {
    return new Configuration(identity, other, target, normalization, resampling, architecture);
  }

  /** The same with another normalization. */
  public Configuration with(Normalization other) {
    return new Configuration(identity, batch, target, other, resampling, architecture);
  }

  /** The same with other resampling. */
  public Configuration with(ByKind other) {
    return new Configuration(identity, batch, target, normalization, other, architecture);
  }

  /** Its name, such as 3d_fullres. */
  public String name() {
    return identity.name();
  }

  /** Folder of its preprocessed data. */
  public String dataIdentifier() {
    return identity.dataIdentifier();
  }

  /** Upstream's class of the preprocessor. */
  public String preprocessorName() {
    return identity.preprocessorName();
  }

  /** The configuration whose prediction a cascade feeds in. */
  public Optional<String> previousStage() {
    return identity.previousStage();
  }

  /** Patches per batch. */
  public int batchSize() {
    return batch.size();
  }

  /** Voxels of a patch. */
  public List<Integer> patchSize() {
    return batch.patchSize();
  }

  /** Whether Dice is computed over a whole batch, not per patch. */
  public boolean batchDice() {
    return batch.dice();
  }

  /** Median size of the images after resampling, in voxels; may hold halves. */
  public List<Double> medianImageSizeInVoxels() {
    return target.medianShape();
  }

  /** The spacing that images are resampled to, in mm. */
  public List<Double> spacing() {
    return target.spacing();
  }

  /** Upstream's name of each channel's normalization. */
  public List<String> normalizationSchemes() {
    return normalization.schemes();
  }

  /** Per channel whether only the nonzero region counts for the normalization. */
  public List<Boolean> useMaskForNorm() {
    return normalization.useMask();
  }

  /** How images are resampled. */
  public ResamplingSettings data() {
    return resampling.data();
  }

  /** How label maps are resampled. */
  public ResamplingSettings seg() {
    return resampling.seg();
  }

  /** How logits are resampled. */
  public ResamplingSettings probabilities() {
    return resampling.probabilities();
  }
}
