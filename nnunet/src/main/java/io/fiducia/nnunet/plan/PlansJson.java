package io.fiducia.nnunet.plan;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON of one configuration, in today's form and in the flat one of older plans. */
final class PlansJson {
  static final String PLAIN = "dynamic_network_architectures.architectures.unet.PlainConvUNet";
  static final String RESIDUAL = "dynamic_network_architectures.architectures.unet.ResidualEncoderUNet";

  private static final Set<String> ROOT_KEYS = Set.of("dataset_name", "plans_name",
      "original_median_spacing_after_transp", "original_median_shape_after_transp",
      "image_reader_writer", "transpose_forward", "transpose_backward", "configurations",
      "experiment_planner_used", "label_manager", "foreground_intensity_properties_per_channel",
      "foreground_intensity_properties_by_modality");
  private static final Set<String> KEYS = Set.of("data_identifier", "preprocessor_name",
      "batch_size", "patch_size", "median_image_size_in_voxels", "spacing",
      "normalization_schemes", "use_mask_for_norm", "resampling_fn_data", "resampling_fn_seg",
      "resampling_fn_probabilities", "resampling_fn_data_kwargs", "resampling_fn_seg_kwargs",
      "resampling_fn_probabilities_kwargs", "architecture", "batch_dice", "inherits_from",
      "previous_stage", "next_stage", "UNet_class_name", "UNet_base_num_features",
      "n_conv_per_stage_encoder", "n_conv_per_stage_decoder", "num_pool_per_axis",
      "pool_op_kernel_sizes", "conv_kernel_sizes", "unet_max_num_features");
  private static final Set<String> ARCHITECTURE_KEYS = Set.of("n_stages", "features_per_stage",
      "conv_op", "kernel_sizes", "strides", "n_conv_per_stage", "n_blocks_per_stage",
      "n_conv_per_stage_decoder", "conv_bias", "norm_op", "norm_op_kwargs", "dropout_op",
      "dropout_op_kwargs", "nonlin", "nonlin_kwargs");

  private PlansJson() {}

  static List<String> unknownKeys(ObjectNode tree) {
    List<String> unknown = new ArrayList<>();
    addUnknown(tree, ROOT_KEYS, "", unknown);
    tree.path("configurations").properties().forEach(c -> {
      String path = "configurations." + c.getKey() + ".";
      addUnknown(c.getValue(), KEYS, path, unknown);
      addUnknown(c.getValue().path("architecture").path("arch_kwargs"), ARCHITECTURE_KEYS,
          path + "architecture.arch_kwargs.", unknown);
    });
    return unknown;
  }

  private static void addUnknown(
      JsonNode node, Set<String> known, String path, List<String> unknown) {
    node.properties().stream().map(Map.Entry::getKey).filter(k -> !known.contains(k))
        .forEach(k -> unknown.add(path + k));
  }

  /** A configuration; every key that is missing or wrong is a BAD_INPUT that names it. */
  static Configuration configuration(String source, String name, ObjectNode node) {
    JsonKeys keys = JsonKeys.ofPlans(source + ", configuration " + name, node);
    FileNames.check(name, source + ", a key of configurations");
    Optional<String> previous = keys.has("previous_stage")
        ? Optional.of(keys.name("previous_stage"))
        : Optional.empty();
    return new Configuration(
        new Configuration.Identity(name, keys.name("data_identifier"),
            keys.has("preprocessor_name") ? keys.text("preprocessor_name") : "DefaultPreprocessor",
            previous),
        new Configuration.Batch(keys.whole("batch_size"), keys.wholes("patch_size"),
            keys.has("batch_dice") && keys.flag("batch_dice")),
        new Configuration.Target(keys.numbers("spacing"),
            keys.numbers("median_image_size_in_voxels")),
        new Configuration.Normalization(keys.texts("normalization_schemes"),
            keys.flags("use_mask_for_norm")),
        new Configuration.ByKind(resampling(keys, "data", ResamplingSettings.data()),
            resampling(keys, "seg", ResamplingSettings.seg()),
            resampling(keys, "probabilities", ResamplingSettings.probabilities())),
        node.has("architecture")
            ? architecture(keys.at("architecture"))
            : flat(keys));
  }

  private static Architecture architecture(JsonKeys keys) {
    String className = keys.has("network_class_name") ? keys.text("network_class_name") : PLAIN;
    if (!className.endsWith(".PlainConvUNet") && !className.endsWith(".ResidualEncoderUNet")) {
      throw FiduciaException.badInput("the network is not known", keys.where(),
          "expected PlainConvUNet or ResidualEncoderUNet, found " + className,
          "plan with one of nnU-Net's own planners");
    }
    JsonKeys a = keys.at("arch_kwargs");
    checkLayers(a);
    int stages = a.whole("n_stages");
    return a.made(() -> new Architecture(className, a.perStage("features_per_stage", stages),
        a.wholeLists("kernel_sizes"), a.wholeLists("strides"),
        a.perStage(a.has("n_conv_per_stage") ? "n_conv_per_stage" : "n_blocks_per_stage", stages),
        a.perStage("n_conv_per_stage_decoder", stages - 1), a.flag("conv_bias")));
  }

  /** Refuses layers that would load without complaint and compute something else. */
  private static void checkLayers(JsonKeys k) {
    boolean norm = k.has("norm_op") && k.text("norm_op").matches(".*InstanceNorm[23]d")
        && k.at("norm_op_kwargs").has("affine") && k.at("norm_op_kwargs").flag("affine")
        && k.at("norm_op_kwargs").isAbsentOr("eps", 1e-5);
    boolean nonlin = k.has("nonlin") && k.text("nonlin").endsWith("LeakyReLU")
        && k.at("nonlin_kwargs").isAbsentOr("negative_slope", 0.01);
    if (!norm || !nonlin || k.has("dropout_op")) {
      JsonNode n = k.node();
      throw FiduciaException.badInput("the network's layers are not known", k.where(),
          "expected affine InstanceNorm (eps 1e-5), LeakyReLU (slope 0.01) and no dropout, found "
              + "norm_op " + n.path("norm_op") + " " + n.path("norm_op_kwargs") + ", nonlin "
              + n.path("nonlin") + " " + n.path("nonlin_kwargs") + ", dropout_op "
              + n.path("dropout_op"),
          "plan with one of nnU-Net's own planners");
    }
  }

  /** Plans from before 2024, TotalSegmentator's among them. */
  private static Architecture flat(JsonKeys keys) {
    String unet = keys.text("UNet_class_name");
    List<List<Integer>> strides = keys.wholeLists("pool_op_kernel_sizes");
    int base = keys.whole("UNet_base_num_features");
    int max = keys.whole("unet_max_num_features");
    List<Integer> features = new ArrayList<>();
    for (int s = 0; s < strides.size(); s++) {
      features.add((int) Math.min((long) base << s, max));
    }
    return keys.made(() -> new Architecture(unet.contains("Residual") ? RESIDUAL : PLAIN, features,
        keys.wholeLists("conv_kernel_sizes"), strides,
        keys.perStage("n_conv_per_stage_encoder", strides.size()),
        keys.perStage("n_conv_per_stage_decoder", strides.size() - 1), true));
  }

  private static ResamplingSettings resampling(
      JsonKeys keys, String kind, ResamplingSettings otherwise) {
    String key = "resampling_fn_" + kind;
    String function = keys.has(key) ? keys.text(key) : otherwise.function();
    JsonKeys kwargs = keys.at(key + "_kwargs");
    boolean known = kwargs.isAbsentOr("separate_z_anisotropy_threshold", 3)
        && kwargs.isAbsentOr("memefficient_seg_resampling", false)
        && kwargs.isAbsentOr("mode", "linear")
        && kwargs.isAbsentOr("aniso_axis_mode", "nearest-exact");
    if (!known) {
      throw FiduciaException.badInput("resampling that is not supported",
          keys.where() + ", key " + key + "_kwargs",
          "expected an anisotropy threshold of 3, linear mode and nearest-exact across slices, found "
              + kwargs.node(),
          "plan with one of nnU-Net's own planners");
    }
    ResamplingSettings base = switch (function) {
      case ResamplingSettings.TORCH ->
        ResamplingSettings.torch(otherwise.isSeg(), Optional.empty());
      case ResamplingSettings.NONE -> ResamplingSettings.untouched(otherwise.isSeg());
      default -> otherwise;
    };
    JsonNode force = kwargs.node().path("force_separate_z");
    return new ResamplingSettings(function,
        kwargs.has("is_seg") ? kwargs.flag("is_seg") : base.isSeg(),
        kwargs.has("order") ? kwargs.whole("order") : base.order(),
        kwargs.has("order_z") ? kwargs.whole("order_z") : base.orderZ(),
        force.isBoolean() ? Optional.of(force.asBoolean()) : Optional.empty());
  }

  /** The tree of a configuration, as upstream's planner writes it. */
  static ObjectNode tree(Configuration c) {
    ObjectNode node = JsonMapper.shared().createObjectNode();
    node.put("data_identifier", c.dataIdentifier());
    node.put("preprocessor_name", c.preprocessorName());
    node.put("batch_size", c.batchSize());
    c.patchSize().forEach(node.putArray("patch_size")::add);
    c.medianImageSizeInVoxels().forEach(node.putArray("median_image_size_in_voxels")::add);
    c.spacing().forEach(node.putArray("spacing")::add);
    c.normalizationSchemes().forEach(node.putArray("normalization_schemes")::add);
    c.useMaskForNorm().forEach(node.putArray("use_mask_for_norm")::add);
    put(node, "data", c.data());
    put(node, "seg", c.seg());
    put(node, "probabilities", c.probabilities());
    Architecture a = c.architecture();
    ObjectNode architecture = node.putObject("architecture");
    architecture.put("network_class_name", a.networkClassName());
    ObjectNode k = architecture.putObject("arch_kwargs");
    String dims = a.dimensions() == 3 ? "3d" : "2d";
    k.put("n_stages", a.stages());
    a.featuresPerStage().forEach(k.putArray("features_per_stage")::add);
    k.put("conv_op", "torch.nn.modules.conv.Conv" + dims);
    nested(k.putArray("kernel_sizes"), a.kernelSizes());
    nested(k.putArray("strides"), a.strides());
    a.blocksPerStage()
        .forEach(k.putArray(a.residual() ? "n_blocks_per_stage" : "n_conv_per_stage")::add);
    a.convsPerStageDecoder().forEach(k.putArray("n_conv_per_stage_decoder")::add);
    k.put("conv_bias", a.convBias());
    k.put("norm_op", "torch.nn.modules.instancenorm.InstanceNorm" + dims);
    k.putObject("norm_op_kwargs").put("eps", 1e-5).put("affine", true);
    k.putNull("dropout_op");
    k.putNull("dropout_op_kwargs");
    k.put("nonlin", "torch.nn.LeakyReLU");
    k.putObject("nonlin_kwargs").put("inplace", true);
    architecture.putArray("_kw_requires_import").add("conv_op").add("norm_op").add("dropout_op")
        .add("nonlin");
    node.put("batch_dice", c.batchDice());
    c.previousStage().ifPresent(p -> node.put("previous_stage", p));
    return node;
  }

  private static void put(ObjectNode node, String kind, ResamplingSettings r) {
    node.put("resampling_fn_" + kind, r.function());
    ObjectNode k = node.putObject("resampling_fn_" + kind + "_kwargs");
    if (r.none()) {
      return;
    }
    k.put("is_seg", r.isSeg());
    if (r.function().equals(ResamplingSettings.TORCH)) {
      k.put("memefficient_seg_resampling", false);
      if (r.forceSeparateZ().isEmpty()) {
        k.put("separate_z_anisotropy_threshold", 3);
      }
    } else {
      k.put("order", r.order()).put("order_z", r.orderZ());
    }
    r.forceSeparateZ().ifPresentOrElse(f -> k.put("force_separate_z", f),
        () -> k.putNull("force_separate_z"));
  }

  private static void nested(ArrayNode array, List<List<Integer>> lists) {
    lists.forEach(l -> l.forEach(array.addArray()::add));
  }

  /** Intensities of the channels, which are the keys "0", "1" and so on. */
  static List<IntensityProperties> intensities(JsonKeys channels) {
    List<IntensityProperties> result = new ArrayList<>();
    for (int c = 0; channels.has(Integer.toString(c)); c++) {
      JsonKeys p = channels.at(Integer.toString(c));
      result.add(new IntensityProperties(p.numberOr0("mean"), p.numberOr0("std"),
          new IntensityProperties.Order(p.numberOr0("min"), p.numberOr0("percentile_00_5"),
              p.numberOr0("median"), p.numberOr0("percentile_99_5"), p.numberOr0("max"))));
    }
    return result;
  }

  static ObjectNode tree(List<IntensityProperties> channels) {
    ObjectNode tree = JsonMapper.shared().createObjectNode();
    for (int c = 0; c < channels.size(); c++) {
      IntensityProperties p = channels.get(c);
      tree.putObject(Integer.toString(c)).put("max", p.max()).put("mean", p.mean())
          .put("median", p.median()).put("min", p.min()).put("percentile_00_5", p.percentile005())
          .put("percentile_99_5", p.percentile995()).put("std", p.std());
    }
    return tree;
  }
}
