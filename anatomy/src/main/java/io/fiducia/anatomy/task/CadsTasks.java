package io.fiducia.anatomy.task;

import io.fiducia.core.Modality;

import io.fiducia.geometry.Vec3;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * CADS's tasks: 551 to 559, and the models by region of the body, 601 to 613. The table comes from
 * CADS's source (Apache-2.0); {@code make_cads_registry.py} among the tests writes the file.
 *
 * <p>A task has one network. Its variants are the sets of weights: {@link Variant#DEFAULT} is CADS's
 * {@code reference}, the others have the name of their licence; the models by region have one only.
 * {@link ModelSource#folder} begins with the folder of the set of weights, for example {@code
 * open/Dataset556_GC256}.
 *
 * <p>Of the models by region the names of the folders are not public: theirs end in {@code *}, for any
 * folder of that dataset. Trainer and plans are those of the other tasks, as CADS states.
 */
public final class CadsTasks {
  /** The name of the set of weights that is used unless another is asked for. */
  public static final String REFERENCE = "reference";
  /** The name of the set of weights of the models by region. */
  public static final String REGION = "region";

  private static final Vec3 SPACING_MM = new Vec3(1.5, 1.5, 1.5);
  private static final double STEP = 0.5;
  private static final List<String> FOLDS = List.of("all");

  private final String source;
  private final String url;
  private final Map<String, CadsLicence> licences;
  private final Map<String, AnatomyTask> tasks;
  private final Map<String, CadsDetails> details;
  private final Map<Integer, String> combined;
  private final Set<String> excludedFromCombined;

  private CadsTasks(JsonNode root) {
    this.source = root.path("source").asString();
    this.url = root.path("url").asString();
    this.licences = byKey(root.path("licences"), CadsTasks::licence);
    Map<String, AnatomyTask> byName = new LinkedHashMap<>();
    Map<String, CadsDetails> detailsByName = new LinkedHashMap<>();
    for (JsonNode t : root.path("tasks")) {
      byName.put(t.path("name").asString(), task(t));
      detailsByName.put(t.path("name").asString(), details(t));
    }
    this.tasks = Collections.unmodifiableMap(byName);
    this.details = Collections.unmodifiableMap(detailsByName);
    this.combined = TableJson.names(root.path("combined"));
    this.excludedFromCombined = Set.copyOf(TableJson.strings(root.path("combined_excluded")));
  }

  /** Reads the table. */
  public static CadsTasks load() {
    return new CadsTasks(TableJson.read("cads.json"));
  }

  /** The version of CADS that the table comes from. */
  public String source() {
    return source;
  }

  /** All tasks, ascending. */
  public List<AnatomyTask> all() {
    return List.copyOf(tasks.values());
  }

  /** The task of that name, such as {@code 556}, if there is one. */
  public Optional<AnatomyTask> find(String name) {
    return Optional.ofNullable(tasks.get(name));
  }

  /**
   * What is known of a task besides its networks.
   *
   * @throws IllegalArgumentException if there is no such task
   */
  public CadsDetails details(String name) {
    return Optional.ofNullable(details.get(name))
        .orElseThrow(() -> new IllegalArgumentException("no CADS task " + name));
  }

  /** The sets of weights that CADS publishes. */
  public List<CadsLicence> licences() {
    return List.copyOf(licences.values());
  }

  /**
   * The variant of a task with the weights under a licence; for a model by region always its only one.
   *
   * @param licence {@code reference}, {@code research} or {@code open}
   * @throws IllegalArgumentException if there are no such weights
   */
  public Variant variant(AnatomyTask task, String licence) {
    return Optional.ofNullable(task.variants().get(key(licenceOf(task, licence).name())))
        .orElseThrow(() -> new IllegalArgumentException("no weights " + licence));
  }

  /**
   * The licence under which {@link #variant} gives weights.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public CadsLicence licenceOf(AnatomyTask task, String licence) {
    return Optional.ofNullable(licences.get(details(task.name()).region() ? REGION : licence))
        .orElseThrow(() -> new IllegalArgumentException("no licence " + licence));
  }

  /**
   * Where the weights of a task can be downloaded; empty where the name of the file is not public.
   *
   * @throws IllegalArgumentException as {@link #variant}
   */
  public Optional<String> url(AnatomyTask task, String licence) {
    String folder = variant(task, licence).parts().get(0).model().folder();
    String name = folder.substring(folder.lastIndexOf('/') + 1);
    return name.endsWith("*")
        ? Optional.empty()
        : Optional.of(url.replace("{release}", licenceOf(task, licence).release())
            .replace("{dataset_folder}", name));
  }

  /** Names by label of the combined map of all tasks. */
  public Map<Integer, String> combined() {
    return combined;
  }

  /** Names of the structures that CADS leaves out of the combined map, because others lie in them. */
  public Set<String> excludedFromCombined() {
    return excludedFromCombined;
  }

  private static String key(String licence) {
    return licence.equals(REFERENCE) || licence.equals(REGION) ? Variant.DEFAULT : licence;
  }

  private static CadsLicence licence(JsonNode n, String name) {
    JsonNode scans = n.path("largest_training_set");
    return new CadsLicence(name, n.path("release").asString(), n.path("folder").asString(),
        n.path("licence").asString(),
        scans.isNumber() ? OptionalInt.of(scans.asInt()) : OptionalInt.empty());
  }

  private AnatomyTask task(JsonNode t) {
    boolean region = t.path("region").asBoolean();
    Map<Integer, String> classes = TableJson.names(t.path("classes"));
    Map<Integer, Integer> labels = classes.keySet().stream()
        .collect(Collectors.toMap(Function.identity(), Function.identity(), (a, b) -> a,
            LinkedHashMap::new));
    Map<String, Variant> variants = new LinkedHashMap<>();
    for (CadsLicence licence : licences.values()) {
      if (licence.name().equals(REGION) == region) {
        ModelSource model = new ModelSource(t.path("dataset").asInt(),
            licence.folder() + "/" + t.path("folder").asString(), t.path("trainer").asString(),
            t.path("plans").asString(), t.path("configuration").asString(), FOLDS);
        variants.put(key(licence.name()), new Variant(Optional.of(SPACING_MM), STEP,
            List.of(new Part("all", model, labels))));
      }
    }
    return new AnatomyTask(Tool.CADS, t.path("name").asString(), Modality.CT, false, classes,
        Set.of(), variants, Optional.empty(), Optional.empty(), false, Optional.empty());
  }

  private static CadsDetails details(JsonNode t) {
    Map<Integer, ComponentRule> components = new LinkedHashMap<>();
    t.path("components").properties()
        .forEach(e -> components.put(Integer.valueOf(e.getKey()), component(e.getValue())));
    return new CadsDetails(t.path("title").asString(), t.path("region").asBoolean(),
        TableJson.names(t.path("display_names")), TableJson.numbers(t.path("combined")),
        TableJson.strings(t.path("needs")), components);
  }

  private static ComponentRule component(JsonNode n) {
    return new ComponentRule(n.path("min_voxels").asInt(),
        n.has("max_components")
            ? OptionalInt.of(n.path("max_components").asInt())
            : OptionalInt.empty(),
        n.path("fill_holes").asBoolean());
  }

  /** Reads the value of one entry of a JSON object. */
  private interface Entry<T> {
    T read(JsonNode value, String key);
  }

  private static <T> Map<String, T> byKey(JsonNode n, Entry<T> entry) {
    Map<String, T> map = new LinkedHashMap<>();
    n.properties().forEach(e -> map.put(e.getKey(), entry.read(e.getValue(), e.getKey())));
    return Collections.unmodifiableMap(map);
  }
}
