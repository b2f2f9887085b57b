package io.fiducia.anatomy.task;

import io.fiducia.core.Modality;

import io.fiducia.geometry.Vec3;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * TotalSegmentator's tasks, from its tables of version 2.18 (Apache-2.0); {@code make_registry.py}
 * among the tests writes the file from an installed TotalSegmentator.
 *
 * <p>Left out: the tasks {@code test} and {@code total_highres_test}, for which no weights exist.
 */
public final class TotalTasks {
  /** The only task whose networks come in two sizes. */
  public static final String WITH_SMALL_NETWORKS = "total_v3";
  private static final String SMALL_PLANS = "nnUNetResEncUNetLPlans_8";
  private static final String FILE = "totalsegmentator.json";

  private final String source;
  private final Map<String, AnatomyTask> tasks;
  private final Map<Integer, String> classesOfVersion1;
  private final Map<Integer, Optional<String>> releases;

  private TotalTasks(JsonNode root) {
    this.source = root.path("source").asString();
    Map<String, AnatomyTask> byName = new LinkedHashMap<>();
    root.path("tasks").forEach(t -> byName.put(t.path("name").asString(),
        task(t, root.path("weights"))));
    this.tasks = Collections.unmodifiableMap(byName);
    this.classesOfVersion1 = TableJson.names(root.path("classes_v1"));
    Map<Integer, Optional<String>> byDataset = new LinkedHashMap<>();
    root.path("weights").properties().forEach(e -> byDataset.put(Integer.valueOf(e.getKey()),
        e.getValue().path("release").isString()
            ? Optional.of(e.getValue().path("release").asString())
            : Optional.empty()));
    this.releases = Collections.unmodifiableMap(byDataset);
  }

  /** Reads the table. */
  public static TotalTasks load() {
    return new TotalTasks(TableJson.read(FILE));
  }

  /** The version of TotalSegmentator that the tables come from. */
  public String source() {
    return source;
  }

  /** All tasks in TotalSegmentator's order. */
  public List<AnatomyTask> all() {
    return List.copyOf(tasks.values());
  }

  /** The task of that name, if there is one. */
  public Optional<AnatomyTask> find(String name) {
    return Optional.ofNullable(tasks.get(name));
  }

  /** A task with its smaller networks, if it has any. */
  public static Optional<AnatomyTask> small(AnatomyTask task) {
    return task.name().equals(WITH_SMALL_NETWORKS)
        ? Optional.of(task.withPlans(SMALL_PLANS))
        : Optional.empty();
  }

  /** Names by label of task {@code total} in TotalSegmentator's first version. */
  public Map<Integer, String> classesOfVersion1() {
    return classesOfVersion1;
  }

  /**
   * The release of a dataset's weights on TotalSegmentator's page, such as {@code v2.0.0-weights};
   * empty for weights that only holders of a licence get.
   */
  public Optional<String> release(int dataset) {
    return releases.getOrDefault(dataset, Optional.empty());
  }

  private static AnatomyTask task(JsonNode t, JsonNode weights) {
    Map<String, Variant> variants = new LinkedHashMap<>();
    t.path("variants").properties()
        .forEach(v -> variants.put(v.getKey(), variant(v.getValue(), weights)));
    return new AnatomyTask(Tool.TOTALSEGMENTATOR, t.path("name").asString(),
        Modality.valueOf(t.path("modality").asString()), t.path("licensed").asBoolean(),
        TableJson.names(t.path("classes")), integers(t.path("auxiliary")), variants,
        t.has("crop") ? Optional.of(crop(t.path("crop"))) : Optional.empty(),
        t.has("keep_near")
            ? Optional.of(new KeepNear(TableJson.strings(t.path("keep_near").path("structures")),
                t.path("keep_near").path("within_mm").asDouble()))
            : Optional.empty(),
        t.path("fast_refused").asBoolean(),
        t.has("note") ? Optional.of(t.path("note").asString()) : Optional.empty());
  }

  private static CropRule crop(JsonNode c) {
    return new CropRule(TableJson.strings(c.path("structures")),
        c.path("task").isString() ? Optional.of(c.path("task").asString()) : Optional.empty(),
        vector(c.path("margin_mm")), c.path("robust").asBoolean());
  }

  private static Variant variant(JsonNode v, JsonNode weights) {
    List<Part> parts = new ArrayList<>();
    for (JsonNode p : v.path("parts")) {
      int dataset = p.path("dataset").asInt();
      ModelSource model = new ModelSource(dataset,
          weights.path(Integer.toString(dataset)).path("folder").asString(),
          v.path("trainer").asString(), v.path("plans").asString(),
          v.path("configuration").asString(), TableJson.strings(v.path("folds")));
      parts.add(new Part(p.path("name").asString(), model,
          TableJson.numbers(p.path("labels"))));
    }
    return new Variant(v.path("spacing_mm").isArray()
        ? Optional.of(vector(v.path("spacing_mm")))
        : Optional.empty(), v.path("step").asDouble(), parts);
  }

  private static Vec3 vector(JsonNode n) {
    return new Vec3(n.get(0).asDouble(), n.get(1).asDouble(), n.get(2).asDouble());
  }

  private static Set<Integer> integers(JsonNode n) {
    return StreamSupport.stream(n.spliterator(), false).map(JsonNode::asInt)
        .collect(Collectors.toUnmodifiableSet());
  }
}
