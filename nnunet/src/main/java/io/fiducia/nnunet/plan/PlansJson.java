package io.fiducia.nnunet.plan;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import java.util.ArrayList;
import java.util.Collections;
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

  static Configuration configuration(String source, String name, ObjectNode node) {
    Reader r = new Reader(source + ", configuration " + name, node);
    FileNames.check(name, r.where);
    return new Configuration(name,
        FileNames.check(r.need("data_identifier").asString(), r.where + ", key data_identifier"),
        node.path("preprocessor_name").asString("DefaultPreprocessor"),
        r.need("batch_size").asInt(), ints(r.need("patch_size")),
        doubles(r.need("median_image_size_in_voxels")), doubles(r.need("spacing")),
        strings(r.need("normalization_schemes")), booleans(r.need("use_mask_for_norm")),
        resampling(r.where, node, "data", Resampling.data()),
        resampling(r.where, node, "seg", Resampling.seg()),
        resampling(r.where, node, "probabilities", Resampling.probabilities()),
        node.has("architecture") ? architecture(r, node.get("architecture")) : flat(r),
        node.path("batch_dice").asBoolean(false),
        Optional.ofNullable(node.get("previous_stage")).filter(JsonNode::isString)
            .map(JsonNode::asString));
  }

  private static Architecture architecture(Reader r, JsonNode node) {
    Reader a = new Reader(r.where + ", architecture.arch_kwargs", node.path("arch_kwargs"));
    String className = node.path("network_class_name").asString(PLAIN);
    if (!className.endsWith(".PlainConvUNet") && !className.endsWith(".ResidualEncoderUNet")) {
      throw FiduciaException.badInput("the network is not known", r.where,
          "expected PlainConvUNet or ResidualEncoderUNet, found " + className,
          "plan with one of nnU-Net's own planners");
    }
    checkLayers(r.where, node.path("arch_kwargs"));
    int stages = a.need("n_stages").asInt();
    JsonNode blocks = node.path("arch_kwargs").has("n_conv_per_stage")
        ? a.need("n_conv_per_stage")
        : a.need("n_blocks_per_stage");
    return new Architecture(className, perStage(a.need("features_per_stage"), stages),
        lists(a.need("kernel_sizes")), lists(a.need("strides")), perStage(blocks, stages),
        perStage(a.need("n_conv_per_stage_decoder"), stages - 1), a.need("conv_bias").asBoolean());
  }

  /** Refuses layers that would load without complaint and compute something else. */
  private static void checkLayers(String where, JsonNode k) {
    boolean norm = k.path("norm_op").asString("").matches(".*InstanceNorm[23]d")
        && k.path("norm_op_kwargs").path("affine").asBoolean(false)
        && k.path("norm_op_kwargs").path("eps").asDouble(1e-5) == 1e-5;
    boolean nonlin = k.path("nonlin").asString("").endsWith("LeakyReLU")
        && k.path("nonlin_kwargs").path("negative_slope").asDouble(0.01) == 0.01;
    boolean dropout = k.path("dropout_op").isMissingNode() || k.path("dropout_op").isNull();
    if (!norm || !nonlin || !dropout) {
      throw FiduciaException.badInput("the network's layers are not known", where,
          "expected affine InstanceNorm (eps 1e-5), LeakyReLU (slope 0.01) and no dropout, found "
              + "norm_op " + k.path("norm_op") + " " + k.path("norm_op_kwargs") + ", nonlin "
              + k.path("nonlin") + " " + k.path("nonlin_kwargs") + ", dropout_op "
              + k.path("dropout_op"),
          "plan with one of nnU-Net's own planners");
    }
  }

  /** Plans from before 2024, TotalSegmentator's among them. */
  private static Architecture flat(Reader r) {
    String unet = r.need("UNet_class_name").asString();
    List<List<Integer>> strides = lists(r.need("pool_op_kernel_sizes"));
    int base = r.need("UNet_base_num_features").asInt();
    int max = r.need("unet_max_num_features").asInt();
    List<Integer> features = new ArrayList<>();
    for (int s = 0; s < strides.size(); s++) {
      features.add((int) Math.min((long) base << s, max));
    }
    return new Architecture(unet.contains("Residual") ? RESIDUAL : PLAIN, features,
        lists(r.need("conv_kernel_sizes")), strides,
        perStage(r.need("n_conv_per_stage_encoder"), strides.size()),
        perStage(r.need("n_conv_per_stage_decoder"), strides.size() - 1), true);
  }

  private static Resampling resampling(
      String where, ObjectNode node, String kind, Resampling otherwise) {
    String key = "resampling_fn_" + kind;
    String function = node.path(key).asString(otherwise.function());
    JsonNode kwargs = node.path(key + "_kwargs");
    JsonNode force = kwargs.path("force_separate_z");
    boolean known = kwargs.path("separate_z_anisotropy_threshold").asDouble(3) == 3
        && !kwargs.path("memefficient_seg_resampling").asBoolean(false)
        && kwargs.path("mode").asString("linear").equals("linear")
        && kwargs.path("aniso_axis_mode").asString("nearest-exact").equals("nearest-exact");
    if (!known) {
      throw FiduciaException.badInput("resampling that is not supported",
          where + ", key " + key + "_kwargs",
          "expected an anisotropy threshold of 3, linear mode and nearest-exact across slices, found "
              + kwargs,
          "plan with one of nnU-Net's own planners");
    }
    Resampling base = switch (function) {
      case Resampling.TORCH -> Resampling.torch(otherwise.isSeg(), Optional.empty());
      case Resampling.NONE -> Resampling.untouched(otherwise.isSeg());
      default -> otherwise;
    };
    return new Resampling(function, kwargs.path("is_seg").asBoolean(base.isSeg()),
        kwargs.path("order").asInt(base.order()), kwargs.path("order_z").asInt(base.orderZ()),
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

  private static void put(ObjectNode node, String kind, Resampling r) {
    node.put("resampling_fn_" + kind, r.function());
    ObjectNode k = node.putObject("resampling_fn_" + kind + "_kwargs");
    if (r.none()) {
      return;
    }
    k.put("is_seg", r.isSeg());
    if (r.function().equals(Resampling.TORCH)) {
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

  static List<IntensityProperties> intensities(JsonNode node) {
    List<IntensityProperties> result = new ArrayList<>();
    for (int c = 0; node.has(Integer.toString(c)); c++) {
      JsonNode p = node.get(Integer.toString(c));
      result.add(new IntensityProperties(p.path("mean").asDouble(), p.path("median").asDouble(),
          p.path("std").asDouble(), p.path("min").asDouble(), p.path("max").asDouble(),
          p.path("percentile_00_5").asDouble(), p.path("percentile_99_5").asDouble()));
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

  /** A list, or one number for all stages. */
  private static List<Integer> perStage(JsonNode node, int stages) {
    return node.isArray() ? ints(node) : Collections.nCopies(stages, node.asInt());
  }

  static List<Integer> ints(JsonNode node) {
    List<Integer> list = new ArrayList<>();
    node.forEach(v -> list.add(v.asInt()));
    return list;
  }

  static List<Double> doubles(JsonNode node) {
    List<Double> list = new ArrayList<>();
    node.forEach(v -> list.add(v.asDouble()));
    return list;
  }

  private static List<String> strings(JsonNode node) {
    List<String> list = new ArrayList<>();
    node.forEach(v -> list.add(v.asString()));
    return list;
  }

  private static List<Boolean> booleans(JsonNode node) {
    List<Boolean> list = new ArrayList<>();
    node.forEach(v -> list.add(v.asBoolean()));
    return list;
  }

  private static List<List<Integer>> lists(JsonNode node) {
    List<List<Integer>> result = new ArrayList<>();
    node.forEach(v -> result.add(ints(v)));
    return result;
  }

  private record Reader(String where, JsonNode node) {
    JsonNode need(String key) {
      JsonNode value = node.get(key);
      if (value == null || value.isNull()) {
        throw FiduciaException.badInput("plans.json is not usable", where,
            "the key " + key + " is missing", "give a plans file that nnU-Net or Fiducia wrote");
      }
      return value;
    }
  }
}
