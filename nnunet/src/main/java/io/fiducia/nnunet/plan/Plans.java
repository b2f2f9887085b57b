package io.fiducia.nnunet.plan;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * nnU-Net's plans.json. The tree keeps every key of the file, those that are not understood too, so
 * that reading and writing loses nothing; what is used is read through the accessors.
 */
public final class Plans {
  /** Keys that a whole configuration replaces: inheritance, and the flat form of older plans. */
  private static final Set<String> DERIVED = Set.of("inherits_from", "previous_stage",
      "UNet_class_name", "UNet_base_num_features", "n_conv_per_stage_encoder",
      "n_conv_per_stage_decoder", "num_pool_per_axis", "pool_op_kernel_sizes", "conv_kernel_sizes",
      "unet_max_num_features");
  private static final String INTENSITIES = "foreground_intensity_properties_per_channel";
  private static final String OLD_INTENSITIES = "foreground_intensity_properties_by_modality";

  /**
   * What plans say of image channels.
   *
   * @param normalization how each is normalised
   * @param intensities foreground intensities of each
   */
  public record Channels(Configuration.Normalization normalization,
      List<IntensityProperties> intensities) {
    public Channels {
      intensities = List.copyOf(intensities);
    }
  }

  private final String source;
  private final ObjectNode tree;

  private Plans(String source, ObjectNode tree) {
    this.source = source;
    this.tree = tree;
  }

  /** Reads plans.json. @throws FiduciaException BAD_INPUT naming the key at fault */
  public static Plans read(Path file) {
    try {
      if (JsonMapper.shared().readTree(Files.readString(file)) instanceof ObjectNode object) {
        return new Plans(file.toString(), object);
      }
      throw FiduciaException.badInput("plans.json is not usable", file, "expected a JSON object",
          "give a plans file that nnU-Net or Fiducia wrote");
    } catch (IOException | JacksonException e) {
      throw FiduciaException.badInput("plans.json cannot be read", file, e.getMessage(),
          "give a plans file that nnU-Net or Fiducia wrote", e);
    }
  }

  /** Plans of a tree that has the file's form. */
  public static Plans of(ObjectNode tree) {
    return new Plans("plans", tree.deepCopy());
  }

  /** Writes plans.json whole or not at all. */
  public void write(Path file) {
    AtomicFiles.writeString(file,
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(tree) + "\n");
  }

  /** A copy of the whole file. */
  public ObjectNode tree() {
    return tree.deepCopy();
  }

  /** The whole file as maps, lists, texts and numbers, as a checkpoint keeps it. */
  public Map<String, Object> asMap() {
    return JsonMapper.shared().convertValue(tree,
        new TypeReference<LinkedHashMap<String, Object>>() {
        });
  }

  /**
   * These plans with a configuration added, or put in the place of one of its name; keys of that one
   * which a {@link Configuration} does not know are kept.
   */
  public Plans with(Configuration configuration) {
    ObjectNode copy = tree.deepCopy();
    ObjectNode all = copy.withObject("/configurations");
    ObjectNode node = PlansJson.tree(configuration);
    if (all.get(configuration.name()) instanceof ObjectNode old) {
      old.properties().stream()
          .filter(e -> !node.has(e.getKey()) && !DERIVED.contains(e.getKey()))
          .forEach(e -> node.set(e.getKey(), e.getValue()));
    }
    all.set(configuration.name(), node);
    return new Plans(source, copy);
  }

  /**
   * These plans for another dataset, as a start for fine-tuning: patch, spacing, network and the
   * foreground intensities stay those that the model was trained with. Preprocessed data get folders
   * of the new name.
   *
   * @param reader nnU-Net's name of the reader for the new dataset's images
   */
  public Plans adoptedFor(String datasetName, String plansName, String reader) {
    ObjectNode copy = tree.deepCopy();
    copy.put("dataset_name", datasetName);
    copy.put("plans_name", plansName);
    copy.put("image_reader_writer", reader);
    copy.withObject("/configurations").properties().forEach(e -> {
      if (e.getValue() instanceof ObjectNode node && node.has("data_identifier")) {
        node.put("data_identifier", plansName + "_" + e.getKey());
      }
    });
    return new Plans(source, copy);
  }

  /**
   * These plans in the form that nnU-Net 2.8 writes: every configuration with all that it inherits and
   * with an {@code architecture}, intensities per channel. All values stay.
   */
  public Plans modernised() {
    Plans result = this;
    for (String name : configurationNames()) {
      Configuration c = configuration(name);
      result = result.with(c);
    }
    ObjectNode copy = result.tree.deepCopy();
    if (!copy.has(INTENSITIES) && copy.has(OLD_INTENSITIES)) {
      copy.set(INTENSITIES, copy.remove(OLD_INTENSITIES));
    }
    return new Plans(source, copy);
  }

  /**
   * These plans for other image channels.
   *
   * @param of the channels of a configuration; the intensities must be the same for all
   */
  public Plans withChannels(Function<Configuration, Channels> of) {
    Plans result = this;
    ObjectNode intensities = JsonMapper.shared().createObjectNode();
    for (String name : configurationNames()) {
      Channels channels = of.apply(configuration(name));
      result = result.with(configuration(name).with(channels.normalization()));
      intensities = PlansJson.tree(channels.intensities());
    }
    ObjectNode copy = result.tree.deepCopy();
    copy.remove(OLD_INTENSITIES);
    copy.set(INTENSITIES, intensities);
    return new Plans(source, copy);
  }

  /**
   * Paths of the keys that nothing here understands, such as those of a newer nnU-Net. They are kept
   * when plans are written.
   */
  public List<String> unknownKeys() {
    return PlansJson.unknownKeys(tree);
  }

  /** These plans under another name. */
  public Plans withPlansName(String name) {
    ObjectNode copy = tree.deepCopy();
    copy.put("plans_name", name);
    return new Plans(source, copy);
  }

  /** These plans and those configurations of {@code old} whose names are not used here. */
  public Plans keepingConfigurationsOf(Plans old) {
    ObjectNode copy = tree.deepCopy();
    ObjectNode all = copy.withObject("/configurations");
    old.need("configurations").properties().stream().filter(e -> !all.has(e.getKey()))
        .forEach(e -> all.set(e.getKey(), e.getValue()));
    return new Plans(source, copy);
  }

  /** Name of the dataset; it may become part of a path. */
  public String datasetName() {
    return name("dataset_name");
  }

  /** Name of these plans; it becomes part of paths. */
  public String plansName() {
    return name("plans_name");
  }

  private String name(String key) {
    return keys().name(key);
  }

  /** Network axis i is array axis {@code transposeForward().get(i)}. */
  public List<Integer> transposeForward() {
    return permutation("transpose_forward");
  }

  /** Array axis i is network axis {@code transposeBackward().get(i)}. */
  public List<Integer> transposeBackward() {
    return permutation("transpose_backward");
  }

  private List<Integer> permutation(String key) {
    List<Integer> axes = keys().wholes(key);
    if (!List.of(0, 1, 2).equals(axes.stream().sorted().toList())) {
      throw FiduciaException.badInput("plans.json is not usable", source + ", key " + key,
          "expected each of 0, 1 and 2 once, found " + axes,
          "give a plans file that nnU-Net or Fiducia wrote");
    }
    return axes;
  }

  /** The reader that the data was prepared with; it is part of the model. */
  public String imageReaderWriter() {
    return keys().text("image_reader_writer");
  }

  /** Foreground intensities of each channel. */
  public List<IntensityProperties> foregroundIntensities() {
    String key = tree.has(INTENSITIES) ? INTENSITIES : OLD_INTENSITIES;
    need(key);
    return PlansJson.intensities(keys().at(key));
  }

  /** Names of the configurations. */
  public Set<String> configurationNames() {
    Set<String> names = new java.util.LinkedHashSet<>();
    need("configurations").properties().forEach(
        e -> names.add(FileNames.check(e.getKey(), source + ", a key of configurations")));
    return names;
  }

  /**
   * A configuration with everything that it inherits.
   *
   * @throws FiduciaException BAD_INPUT if it is not there, inherits in a circle, or lacks a key
   */
  public Configuration configuration(String name) {
    return PlansJson.configuration(source, name, resolve(name, new HashSet<>()));
  }

  /** The second stages that a configuration's predictions are fed to; mostly none. */
  public List<String> nextStages(String configuration) {
    JsonKeys keys = keys().at("configurations").at(configuration);
    if (!keys.has("next_stage")) {
      return List.of();
    }
    return keys.need("next_stage").isArray()
        ? keys.names("next_stage")
        : List.of(keys.name("next_stage"));
  }

  private ObjectNode resolve(String name, Set<String> seen) {
    JsonNode node = need("configurations").get(name);
    if (!(node instanceof ObjectNode object)) {
      throw FiduciaException.badInput("no such configuration", source,
          "expected one of " + configurationNames() + ", found " + name, "name one of these");
    }
    if (!seen.add(name)) {
      throw FiduciaException.badInput("configurations inherit in a circle", source, name, "");
    }
    ObjectNode merged = JsonMapper.shared().createObjectNode();
    JsonKeys keys = JsonKeys.ofPlans(source + ", configuration " + name, object);
    if (keys.has("inherits_from")) {
      merged.setAll(resolve(keys.text("inherits_from"), seen));
    }
    for (Map.Entry<String, JsonNode> e : object.properties()) {
      merged.set(e.getKey(), e.getValue());
    }
    return merged;
  }

  private JsonKeys keys() {
    return JsonKeys.ofPlans(source, tree);
  }

  private JsonNode need(String key) {
    return keys().need(key);
  }
}
