package io.fiducia.anatomy.weights;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.anatomy.task.ModelSource;
import io.fiducia.anatomy.task.TotalTasks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** Model folders in the layout of the public ones, without weights: the checkpoint holds no tensor. */
final class WeightsFixture {
  private WeightsFixture() {}

  static AnatomyTask task(String name) {
    return TotalTasks.load().find(name).orElseThrow();
  }

  static TaskNetwork cads(String task, String variant) {
    return TaskNetwork.of(CadsTasks.load().find(task).orElseThrow(), variant).get(0);
  }

  static TaskNetwork network(String task, String variant, int part) {
    return TaskNetwork.of(task(task), variant).get(part);
  }

  /** The labels as a dataset.json of the network would hold them. */
  static Map<Integer, String> labels(TaskNetwork network) {
    Map<Integer, String> labels = new TreeMap<>(network.labels());
    labels.replaceAll((label, name) -> name.isEmpty() ? "auxiliary" + label : name);
    return labels;
  }

  /** Writes the model folder of a network below a root, and returns it. */
  static Path write(Path root, TaskNetwork network) throws IOException {
    return write(root.resolve(network.model().folder().replace("*", "Any")), network.model(),
        labels(network),
        network.spacing().isEmpty() ? List.of(1.0, 1.0, 1.0) : network.spacing());
  }

  static Path write(Path dataset, ModelSource model, Map<Integer, String> labels,
      List<Double> spacing) throws IOException {
    Path folder = dataset.resolve(model.modelName());
    Map<String, Path> folds = new LinkedHashMap<>();
    (model.folds().isEmpty() ? List.of("0", "1") : model.folds())
        .forEach(f -> folds.put(f, folder.resolve("fold_" + f)));
    for (Path fold : folds.values()) {
      Files.createDirectories(fold);
      Files.writeString(fold.resolve("checkpoint_final.pth"), "not read");
    }
    Files.writeString(folder.resolve("dataset.json"), dataset(labels));
    Files.writeString(folder.resolve("plans.json"), plans(model, spacing));
    return folder;
  }

  private static String dataset(Map<Integer, String> labels) {
    Map<String, Integer> byName = new LinkedHashMap<>();
    byName.put("background", 0);
    labels.forEach((label, name) -> byName.put(name, label));
    return JsonMapper.shared().writeValueAsString(Map.of("channel_names", Map.of("0", "CT"),
        "labels", byName, "numTraining", 1, "file_ending", ".nii.gz"));
  }

  /** Plans in the flat form of nnU-Net's first versions, which most public weights have. */
  private static String plans(ModelSource model, List<Double> spacing) throws IOException {
    String text;
    try (InputStream in = WeightsFixture.class.getResourceAsStream("plans.json")) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    return text.replace("FOLDER", model.folder()).replace("PLANS", model.plans())
        .replace("CONFIGURATION", model.configuration()).replace("SPACING", spacing.toString());
  }
}
