package io.fiducia.nnunet.plan;

import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.dataset.DatasetJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * nnU-Net's rules that turn a fingerprint into plans (Isensee et al., Nature Methods 2021, and the
 * residual presets of Isensee et al., MICCAI 2024). Gives the same plans as nnU-Net 2.8.1.
 *
 * <p>Known difference: where several axes of a patch are equally large for the image, the last is
 * shortened first; nnU-Net leaves that order to numpy's sort, which may differ between processors.
 */
public final class ExperimentPlanner {
  /** Shortest edge of the deepest feature maps. */
  public static final int MIN_EDGE = 4;
  private static final double ANISOTROPY = 3;
  private static final double LOWRES_BELOW = 0.25;
  private static final double LOWRES_STEP = 1.03;
  private static final int BASE_FEATURES = 32;
  private static final int MIN_BATCH = 2;
  private static final int[] RESIDUAL_BLOCKS = {1, 3, 4, 6};

  private final Fingerprint fingerprint;
  private final DatasetJson json;
  private final PlannerProfile profile;
  private final Optional<List<Double>> targetSpacing;
  private final List<String> normalization;
  private final List<Boolean> useMask;
  private final double cases;

  private ExperimentPlanner(Fingerprint fingerprint, DatasetJson json, PlannerProfile profile,
      Optional<List<Double>> targetSpacing) {
    this.fingerprint = fingerprint;
    this.json = json;
    this.profile = profile;
    this.targetSpacing = targetSpacing;
    normalization = json.channels().stream().map(ExperimentPlanner::normalizationOf).toList();
    boolean cropped = fingerprint.medianRelativeSizeAfterCropping() < 0.75;
    useMask = normalization.stream().map(n -> cropped && n.equals("ZScoreNormalization")).toList();
    JsonNode declared = json.tree().path("numTraining");
    cases = declared.isNumber() ? declared.asDouble() : fingerprint.cases();
  }

  /** The plans that nnU-Net's default planner makes; errors as the longer method. */
  public static Plans plan(Fingerprint fingerprint, DatasetJson json, String datasetName) {
    return plan(fingerprint, json, datasetName, PlannerProfile.DEFAULT, Optional.empty());
  }

  /**
   * The plans of a dataset.
   *
   * @param datasetName such as Dataset004_Hippocampus
   * @param targetSpacing (z, y, x) in mm for full resolution in place of the planner's own choice
   * @throws FiduciaException BAD_INPUT if fingerprint and dataset.json do not belong together, or
   *     the images are too small for a network
   */
  public static Plans plan(Fingerprint fingerprint, DatasetJson json, String datasetName,
      PlannerProfile profile, Optional<List<Double>> targetSpacing) {
    if (fingerprint.foreground().size() != json.channels().size()) {
      throw FiduciaException.badInput("fingerprint and dataset.json do not belong together",
          json.file(), "expected " + json.channels().size() + " channels " + json.channels()
              + ", found intensities of " + fingerprint.foreground().size(),
          "extract the fingerprint again");
    }
    if (targetSpacing.isPresent() && (targetSpacing.get().size() != 3
        || targetSpacing.get().stream().anyMatch(s -> !(s > 0)))) {
      throw FiduciaException.usage("the target spacing is not usable",
          "expected three numbers above zero, found " + targetSpacing.get(), "");
    }
    return new ExperimentPlanner(fingerprint, json, profile, targetSpacing).plans(datasetName);
  }

  /** How nnU-Net normalises the channels of a dataset, and their foreground intensities. */
  public static Plans.Channels channels(Fingerprint fingerprint, DatasetJson json) {
    ExperimentPlanner planner = new ExperimentPlanner(fingerprint, json, PlannerProfile.DEFAULT,
        Optional.empty());
    return new Plans.Channels(
        new Configuration.Normalization(planner.normalization, planner.useMask),
        fingerprint.foreground());
  }

  /** nnU-Net's target spacing (z, y, x) in mm of a dataset, before axes are transposed. */
  public static double[] targetSpacing(Fingerprint fingerprint) {
    double[] target = new double[3];
    double[] size = new double[3];
    for (int a = 0; a < 3; a++) {
      target[a] = NumpyQuantiles.percentile(spacings(fingerprint, a), 50);
      size[a] = NumpyQuantiles.percentile(shapes(fingerprint, a), 50);
    }
    int worst = worstAxis(target);
    double otherSpacing = 0;
    double otherSize = Double.POSITIVE_INFINITY;
    for (int a = 0; a < 3; a++) {
      if (a != worst) {
        otherSpacing = Math.max(otherSpacing, target[a]);
        otherSize = Math.min(otherSize, size[a]);
      }
    }
    if (target[worst] > ANISOTROPY * otherSpacing && size[worst] * ANISOTROPY < otherSize) {
      double fine = NumpyQuantiles.percentile(spacings(fingerprint, worst), 10);
      target[worst] = fine < otherSpacing ? otherSpacing + 1e-5 : fine;
    }
    return target;
  }

  /** The axis of the coarsest spacing, moved to the front; the others keep their order. */
  public static int[] transposeForward(double[] targetSpacing) {
    int worst = worstAxis(targetSpacing);
    return IntStream.concat(IntStream.of(worst), IntStream.range(0, 3).filter(a -> a != worst))
        .toArray();
  }

  /** Median (z, y, x) shape of the cases after resampling to a spacing; may hold halves. */
  public static double[] medianShape(Fingerprint fingerprint, double[] spacing) {
    double[] median = new double[3];
    for (int a = 0; a < 3; a++) {
      double[] from = spacings(fingerprint, a);
      double[] size = shapes(fingerprint, a);
      double[] shapes = new double[from.length];
      for (int i = 0; i < shapes.length; i++) {
        shapes[i] = Math.rint(from[i] / spacing[a] * size[i]);
      }
      median[a] = NumpyQuantiles.median(shapes);
    }
    return median;
  }

  private Plans plans(String datasetName) {
    double[] target = targetSpacing
        .map(t -> t.stream().mapToDouble(Double::doubleValue).toArray())
        .orElseGet(() -> targetSpacing(fingerprint));
    int[] forward = transposeForward(target);
    double[] spacing = permuted(target, forward);
    double[] median = permuted(medianShape(fingerprint, target), forward);
    double datasetVoxels = product(median) * cases;
    ObjectNode tree = JsonMapper.shared().createObjectNode();
    tree.put("dataset_name", datasetName);
    tree.put("plans_name", profile.plansName());
    var medianSpacing = tree.putArray("original_median_spacing_after_transp");
    var originalShape = tree.putArray("original_median_shape_after_transp");
    var forwardArray = tree.putArray("transpose_forward");
    var backwardArray = tree.putArray("transpose_backward");
    for (int a = 0; a < 3; a++) {
      int axis = a;
      medianSpacing.add(NumpyQuantiles.median(spacings(fingerprint, forward[a])));
      originalShape.add((int) Math.rint(NumpyQuantiles.median(shapes(fingerprint, forward[a]))));
      forwardArray.add(forward[a]);
      backwardArray
          .add(IntStream.range(0, 3).filter(i -> forward[i] == axis).findFirst().orElseThrow());
    }
    tree.put("image_reader_writer", json.reader());
    ObjectNode configurations = tree.putObject("configurations");
    configurations.set("2d", PlansJson.tree(configuration("2d", tail(spacing), tail(median),
        datasetVoxels, true)));
    if (median[0] != 1) {
      put3d(configurations, spacing, median, datasetVoxels);
    }
    tree.put("experiment_planner_used", profile.planner());
    tree.put("label_manager", "LabelManager");
    tree.set("foreground_intensity_properties_per_channel",
        PlansJson.tree(fingerprint.foreground()));
    return Plans.of(tree);
  }

  private void put3d(ObjectNode configurations, double[] spacing, double[] median,
      double datasetVoxels) {
    Configuration full = configuration("3d_fullres", spacing, median, datasetVoxels, false);
    Optional<Configuration> low = lowres(full, spacing, median);
    if (low.isEmpty()) {
      configurations.set("3d_fullres", PlansJson.tree(full));
      return;
    }
    ObjectNode node = PlansJson.tree(low.get());
    node.put("next_stage", "3d_cascade_fullres");
    configurations.set("3d_lowres", node);
    configurations.set("3d_fullres", PlansJson.tree(full).put("batch_dice", true));
    configurations.putObject("3d_cascade_fullres").put("inherits_from", "3d_fullres")
        .put("previous_stage", "3d_lowres");
  }

  /** Coarsens until a patch covers a quarter of the median image. */
  private Optional<Configuration> lowres(Configuration full, double[] spacing, double[] median) {
    double[] coarse = spacing.clone();
    double voxels = product(median);
    Configuration low = full;
    while (product(low.patchSize()) / voxels < LOWRES_BELOW) {
      double coarsest = Arrays.stream(coarse).max().orElseThrow();
      boolean uneven = Arrays.stream(coarse).anyMatch(s -> coarsest / s > 2);
      double[] shape = new double[3];
      for (int a = 0; a < 3; a++) {
        if (!uneven || coarsest / coarse[a] > 2) {
          coarse[a] *= LOWRES_STEP;
        }
        shape[a] = spacing[a] / coarse[a] * median[a];
      }
      voxels = product(shape);
      low = configuration("3d_lowres", coarse, Arrays.stream(shape).map(Math::rint).toArray(),
          voxels * cases, false);
    }
    return low == full || product(median) / voxels < 2 ? Optional.empty() : Optional.of(low);
  }

  private Configuration configuration(String name, double[] spacing, double[] median,
      double datasetVoxels, boolean batchDice) {
    boolean flat = spacing.length == 2;
    double reference = profile.memory().elements(flat);
    double referenceBatch = flat ? 12 : 2;
    Topology topology = Topology.of(spacing, initialPatch(spacing, median), MIN_EDGE,
        Integer.MAX_VALUE);
    double estimate = estimate(topology);
    while (profile.residual()
        ? estimate > reference
        : estimate / referenceBatch * 2 > reference) {
      topology = Topology.of(spacing, shrunk(topology, spacing, median), MIN_EDGE);
      estimate = estimate(topology);
    }
    double byMemory = Math.rint(reference / estimate * referenceBatch);
    double byDataset = Math.rint(
        datasetVoxels * profile.maxDatasetCovered() / product(topology.patch()));
    int batch = (int) Math.max(Math.min(byMemory, byDataset), MIN_BATCH);
    return new Configuration(
        new Configuration.Identity(name, profile.dataIdentifier(name), "DefaultPreprocessor",
            Optional.empty()),
        new Configuration.Batch(batch, topology.patch(), batchDice),
        new Configuration.Target(list(spacing), list(median)),
        new Configuration.Normalization(normalization, useMask), profile.sampling().byKind(),
        architecture(topology));
  }

  /** A patch with the proportions of a cube in mm, far too large, but no larger than the image. */
  private static double[] initialPatch(double[] spacing, double[] median) {
    double[] inverse = Arrays.stream(spacing).map(s -> 1 / s).toArray();
    double volume = spacing.length == 3 ? 256.0 * 256 * 256 : 2048.0 * 2048;
    double scale = Math.pow(volume / product(inverse), 1.0 / spacing.length);
    double[] patch = new double[spacing.length];
    for (int a = 0; a < patch.length; a++) {
      patch[a] = Math.min(Math.rint(inverse[a] * scale), median[a]);
    }
    return patch;
  }

  /** The patch with its largest axis, relative to the image, one step shorter. */
  private static int[] shrunk(Topology topology, double[] spacing, double[] median) {
    int[] patch = topology.patchSize();
    int axis = 0;
    for (int a = 1; a < patch.length; a++) {
      axis = patch[a] / median[a] >= patch[axis] / median[axis] ? a : axis;
    }
    // A shorter axis is pooled less often, which allows a smaller step than the one tried here.
    int[] trial = patch.clone();
    trial[axis] -= topology.divisor().get(axis);
    patch[axis] -= Topology.of(spacing, trial, MIN_EDGE).divisor().get(axis);
    return patch;
  }

  private double estimate(Topology topology) {
    return NetworkCost.of(architecture(topology), topology.patch(), json.channels().size(),
        json.labelSet().byName().size()).featureMapElements();
  }

  private Architecture architecture(Topology topology) {
    int stages = topology.stages();
    if (stages < 2) {
      throw FiduciaException.badInput("the images are too small for a network", json.file(),
          "expected at least 8 voxels along two axes, or 12 along one, found a median patch of "
              + topology.patch(),
          "check spacing and cropping of the images, or give a finer target spacing");
    }
    boolean flat = topology.patch().size() == 2;
    List<Integer> features = new ArrayList<>();
    List<Integer> blocks = new ArrayList<>();
    for (int s = 0; s < stages; s++) {
      features.add((int) Math.min((long) BASE_FEATURES << s, flat ? 512 : 320));
      blocks.add(profile.residual() ? RESIDUAL_BLOCKS[Math.min(s, 3)] : 2);
    }
    return new Architecture(profile.residual() ? PlansJson.RESIDUAL : PlansJson.PLAIN, features,
        topology.kernelSizes(), topology.strides(), blocks,
        Collections.nCopies(stages - 1, profile.residual() ? 1 : 2), true);
  }

  private static String normalizationOf(String channel) {
    return switch (channel.toLowerCase(Locale.ROOT)) {
      case "ct" -> "CTNormalization";
      case "nonorm" -> "NoNormalization";
      case "rescale_to_0_1" -> "RescaleTo01Normalization";
      case "rgb_to_0_1" -> "RGBTo01Normalization";
      default -> "ZScoreNormalization";
    };
  }

  private static int worstAxis(double[] spacing) {
    int worst = 0;
    for (int a = 1; a < spacing.length; a++) {
      worst = spacing[a] > spacing[worst] ? a : worst;
    }
    return worst;
  }

  private static double[] spacings(Fingerprint f, int axis) {
    return f.spacings().stream().mapToDouble(s -> s.get(axis)).toArray();
  }

  private static double[] shapes(Fingerprint f, int axis) {
    return f.shapesAfterCrop().stream().mapToDouble(s -> s.get(axis)).toArray();
  }

  private static double[] permuted(double[] values, int[] order) {
    return Arrays.stream(order).mapToDouble(a -> values[a]).toArray();
  }

  private static double[] tail(double[] values) {
    return Arrays.copyOfRange(values, 1, values.length);
  }

  private static double product(double[] values) {
    return Arrays.stream(values).reduce(1, (a, b) -> a * b);
  }

  private static double product(List<Integer> values) {
    return values.stream().mapToDouble(Integer::doubleValue).reduce(1, (a, b) -> a * b);
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
