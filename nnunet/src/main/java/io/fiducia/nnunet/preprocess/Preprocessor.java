package io.fiducia.nnunet.preprocess;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.nnunet.cases.CaseImages;
import io.fiducia.nnunet.cases.CaseProperties;
import io.fiducia.nnunet.cases.CaseReader;
import io.fiducia.nnunet.cases.ClassLocations;
import io.fiducia.nnunet.cases.Grids;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.IntensityProperties;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.plan.ResamplingSettings;
import io.fiducia.resample.LabelRule;
import io.fiducia.resample.NnunetResampler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * nnU-Net's default preprocessing of a case: transpose, crop to nonzero, normalise, then resample to
 * the configuration's spacing, in this order. Safe to use from several threads.
 *
 * <p>Difference from nnU-Net: a label that dataset.json does not declare is an error here, since
 * training would fail on it.
 */
public final class Preprocessor {
  private final String readerName;
  private final CaseReader reader;
  private final Configuration configuration;
  private final DatasetJson dataset;
  private final int[] axes;
  private final List<IntensityProperties> intensities;

  /**
   * A preprocessor of one configuration.
   *
   * @throws FiduciaException BAD_INPUT for plans that name what is not known: a reader, a
   *     preprocessor, a normalization, a resampling
   */
  public Preprocessor(Plans plans, Configuration configuration, DatasetJson dataset) {
    this.readerName = plans.imageReaderWriter();
    this.reader = new CaseReader(readerName);
    this.configuration = configuration;
    this.dataset = dataset;
    this.axes = Grids.shapeOf(plans.transposeForward());
    this.intensities = plans.foregroundIntensities();
    if (!configuration.preprocessorName().equals("DefaultPreprocessor")) {
      throw FiduciaException.badInput(
          "unknown preprocessor \"" + configuration.preprocessorName() + "\"",
          "preprocessor_name in the plans file", "expected DefaultPreprocessor",
          "use plans of nnU-Net's default planners");
    }
    checkResampling(configuration.data());
    checkResampling(configuration.seg());
    if (!configuration.data().function().equals(configuration.seg().function())) {
      throw FiduciaException.badInput(
          "images and segmentations are resampled by different functions",
          "configuration in the plans file",
          "expected one, found " + configuration.data().function() + " and "
              + configuration.seg().function(),
          "plan with one of nnU-Net's default planners");
    }
    int channels = configuration.normalizationSchemes().size();
    for (int c = 0; c < channels; c++) {
      normalizer(c);
    }
  }

  /**
   * Whether a case that this preprocessor prepares for inference is, to the last bit, what the other one
   * prepares: same reader, axes, spacing, normalisation and resampling of images. Then models may share it.
   */
  public boolean sameAs(Preprocessor other) {
    Configuration o = other.configuration;
    return readerName.equals(other.readerName) && Arrays.equals(axes, other.axes)
        && configuration.spacing().equals(o.spacing())
        && configuration.normalizationSchemes().equals(o.normalizationSchemes())
        && configuration.useMaskForNorm().equals(o.useMaskForNorm())
        && intensities.equals(other.intensities) && configuration.data().equals(o.data())
        && configuration.seg().equals(o.seg())
        && configuration.previousStage().isPresent() == o.previousStage().isPresent();
  }

  /**
   * What an intensity of the first channel becomes in every image, so that smaller intensities become
   * smaller values; empty if that depends on the image, or if the intensity is clipped.
   */
  public OptionalDouble normalized(double intensity) {
    if (!(normalizer(0) instanceof Normalizer.Ct ct)
        || intensity <= ct.dataset().percentile005()
        || intensity >= ct.dataset().percentile995()) {
      return OptionalDouble.empty();
    }
    float[] value = {(float) intensity};
    ct.apply(value, new short[1]);
    return OptionalDouble.of(value[0]);
  }

  private static void checkResampling(ResamplingSettings r) {
    boolean known = List
        .of(ResamplingSettings.DEFAULT, ResamplingSettings.TORCH, ResamplingSettings.NONE)
        .contains(r.function());
    boolean order = r.order() == 0 || r.order() == 1 || r.order() == 3 && !r.isSeg();
    if (!known || !order) {
      throw FiduciaException.badInput(
          "resampling that is not supported", "configuration in the plans file",
          "expected " + ResamplingSettings.DEFAULT + " of order 0, 1 or 3 (segmentations 0 or 1), "
              + ResamplingSettings.TORCH + " or " + ResamplingSettings.NONE + ", found "
              + r.function() + " of order " + r.order(),
          "plan with one of nnU-Net's default planners");
    }
  }

  /** The configuration. */
  public Configuration configuration() {
    return configuration;
  }

  /**
   * A case for training, with its labels and class locations.
   *
   * @throws FiduciaException BAD_INPUT if the case has no label map, and as {@link CaseReader}
   */
  public PreprocessedCase runTraining(RawCase c, Cancellation cancellation) {
    return run(readTraining(c), true, cancellation);
  }

  /** A case for training, from images that {@link #readTraining} read. */
  PreprocessedCase runTraining(CaseImages images, Cancellation cancellation) {
    return run(images, true, cancellation);
  }

  /** What is known of a case before its voxels are read. */
  CaseReader.Preview preview(RawCase c) {
    return reader.preview(c);
  }

  CaseImages readTraining(RawCase c) {
    if (c.label().isEmpty()) {
      throw FiduciaException.badInput(
          "a training case without label map", c.images().get(0), "expected a file in labelsTr",
          "add the label map or move the image to imagesTs");
    }
    return reader.read(c);
  }

  /**
   * A case for inference; a label map is not read.
   *
   * @param progress gets what is doubtful about the files as warnings
   */
  public PreprocessedCase runInference(RawCase c, Progress progress, Cancellation cancellation) {
    return runInference(reader.readImages(c), progress, cancellation);
  }

  /**
   * A case for a cascade's second stage: {@link PreprocessedCase#seg} is what the first stage
   * predicted, resampled as labels are.
   *
   * @param progress gets what is doubtful about the files as warnings
   */
  public PreprocessedCase runInference(RawCase c, Path previousStage, Progress progress,
      Cancellation cancellation) {
    return runInference(
        reader.read(new RawCase(c.id(), c.images(), Optional.of(previousStage))), progress,
        cancellation);
  }

  private PreprocessedCase runInference(CaseImages images, Progress progress,
      Cancellation cancellation) {
    images.warnings().forEach(progress::warning);
    return run(images, true, cancellation);
  }

  /** A case in memory, with class locations if it has labels; its arrays are not changed. */
  public PreprocessedCase run(CaseImages images) {
    return run(images, new Cancellation());
  }

  /**
   * A case in memory as {@link #run(CaseImages)} gives it.
   *
   * @throws FiduciaException CANCELLED on request, noticed after each step of each channel
   */
  public PreprocessedCase run(CaseImages images, Cancellation cancellation) {
    return run(images, false, cancellation);
  }

  private PreprocessedCase run(CaseImages images, boolean owned, Cancellation cancellation) {
    if (images.channels().length != configuration.normalizationSchemes().size()) {
      throw FiduciaException.badInput(
          "wrong number of channels", images.source(),
          "expected " + configuration.normalizationSchemes().size() + " as planned, found "
              + images.channels().length,
          "give the channels that dataset.json names");
    }
    String work = "preprocessing of " + images.id();
    int[] shape = images.shape();
    int[] shapeBefore = Grids.permute(shape, axes);
    float[][] channels = new float[images.channels().length][];
    for (int c = 0; c < channels.length; c++) {
      cancellation.check(work);
      channels[c] = Grids.transpose(images.channels()[c], shape, axes);
    }
    Optional<short[]> labels = images.labels().map(l -> Grids.transpose(l, shape, axes));
    labels.ifPresent(l -> checkLabels(l, images.labelSource()));
    NonzeroCrop crop = labels.isPresent()
        ? NonzeroCrop.of(channels, shapeBefore, labels.get())
        : NonzeroCrop.of(channels, shapeBefore);
    cancellation.check(work);

    double[] spacing = Grids.permute(images.spacingMm(), axes);
    double[] target = target(spacing);
    int[] newShape = skipResampling()
        ? crop.shape()
        : NnunetResampler.newShape(crop.shape(), spacing, target);
    checkSize(newShape, images, spacing, target);
    Optional<Integer> separateData = NnunetResampler.separateAxis(spacing, target,
        configuration.data().forceSeparateZ());
    Optional<Integer> separateSeg = NnunetResampler.separateAxis(spacing, target,
        configuration.seg().forceSeparateZ());
    float[][] data = new float[channels.length][];
    for (int c = 0; c < data.length; c++) {
      float[] channel = crop.data()[c];
      float[] own = owned || channel != images.channels()[c] ? channel : channel.clone();
      normalizer(c).apply(own, crop.seg());
      cancellation.check(work);
      data[c] = resample(own, crop.shape(), newShape, separateData);
      cancellation.check(work);
    }
    short[] seg = skipResampling()
        ? crop.seg()
        : NnunetResampler.resampleSeg(
            crop.seg(), crop.shape(), newShape, configuration.seg().order(),
            configuration.seg().orderZ(), separateSeg, labelRule());
    ClassLocations locations = labels.isPresent()
        ? locations(seg, newShape)
        : ClassLocations.none();
    CaseProperties properties = new CaseProperties(images.grid(), Grids.listOf(axes),
        new CaseProperties.Crop(Grids.listOf(shapeBefore),
            Arrays.stream(crop.bounds()).map(Grids::listOf).toList(), Grids.listOf(crop.shape())),
        Arrays.stream(target).boxed().toList(), locations);
    return new PreprocessedCase(images.id(), newShape, data, seg, properties);
  }

  private LabelRule labelRule() {
    return configuration.seg().function().equals(ResamplingSettings.TORCH)
        ? LabelRule.LARGEST_HALF_PRECISION
        : LabelRule.LARGEST_SHARE;
  }

  private boolean skipResampling() {
    return configuration.data().none();
  }

  /** The spacing to resample to; a 2D configuration keeps the distance of slices. */
  double[] target(double[] spacing) {
    List<Double> planned = configuration.spacing();
    return planned.size() == 3
        ? new double[]{planned.get(0), planned.get(1), planned.get(2)}
        : new double[]{spacing[0], planned.get(0), planned.get(1)};
  }

  /**
   * The spacing that a case is resampled to, in the network's axes.
   *
   * @param arraySpacingMm the spacing of the array as read, (z, y, x)
   */
  public List<Double> targetSpacing(List<Double> arraySpacingMm) {
    double[] spacing = arraySpacingMm.stream().mapToDouble(Double::doubleValue).toArray();
    return Arrays.stream(target(Grids.permute(spacing, axes))).boxed().toList();
  }

  /** Voxels of a case after resampling, if nothing were cropped. */
  double voxelsAfter(int[] shape, double[] spacing) {
    double[] from = Grids.permute(spacing, axes);
    double[] to = target(from);
    int[] size = Grids.permute(shape, axes);
    double voxels = 1;
    for (int a = 0; a < 3; a++) {
      voxels *= Math.max(1, size[a] * from[a] / to[a]);
    }
    return voxels;
  }

  private static void checkSize(
      int[] shape, CaseImages images, double[] spacing, double[] target) {
    if ((double) shape[0] * shape[1] * shape[2] > Integer.MAX_VALUE - 8) {
      throw FiduciaException.badInput(
          "the image is too large after resampling", images.source(),
          "expected fewer than 2^31 voxels, found " + Arrays.toString(shape) + " (spacing "
              + Arrays.toString(spacing) + " mm to " + Arrays.toString(target) + " mm)",
          "check the spacing in the image's header, or use 3d_lowres");
    }
  }

  private float[] resample(float[] data, int[] from, int[] to, Optional<Integer> separate) {
    ResamplingSettings r = configuration.data();
    return skipResampling()
        ? data
        : NnunetResampler.resampleData(data, from, to, r.order(), r.orderZ(), separate);
  }

  private Normalizer normalizer(int channel) {
    if (channel >= intensities.size()) {
      throw FiduciaException.badInput(
          "plans without intensities of a channel",
          "foreground_intensity_properties_per_channel in the plans file",
          "expected one entry per channel, found " + intensities.size(), "plan again");
    }
    return Normalizer.of(
        configuration.normalizationSchemes().get(channel),
        configuration.useMaskForNorm().get(channel), intensities.get(channel));
  }

  private void checkLabels(short[] labels, String source) {
    Labels declared = dataset.labelSet();
    boolean[] known = new boolean[1 << 15];
    declared.values().forEach(v -> known[v] = true);
    declared.ignore().ifPresent(v -> known[v] = true);
    for (short label : labels) {
      if (!known[label]) {
        throw FiduciaException.badInput(
            "the label map has a label that dataset.json does not declare", source,
            "expected one of " + declared.values()
                + (declared.ignore().isPresent() ? " or " + declared.ignore().getAsInt() : "")
                + ", found " + label,
            "add the label to dataset.json and plan again, or correct the label map");
      }
    }
  }

  private ClassLocations locations(short[] seg, int[] shape) {
    Labels labels = dataset.labelSet();
    List<List<Integer>> classes = new ArrayList<>();
    List<Boolean> regions = new ArrayList<>();
    if (labels.hasRegions()) {
      for (String name : labels.foregroundNames()) {
        classes.add(labels.byName().get(name));
        regions.add(labels.lists().contains(name));
      }
    } else {
      for (int label : labels.values()) {
        if (label != 0) {
          classes.add(List.of(label));
          regions.add(false);
        }
      }
    }
    if (labels.ignore().isPresent()) {
      List<Integer> annotated = new ArrayList<>(List.of(-1));
      annotated.addAll(labels.values());
      classes.add(annotated);
      regions.add(true);
    }
    return ClassLocations.sample(seg, shape, classes, regions);
  }
}
