package io.fiducia.anatomy.weights;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.anatomy.task.ModelSource;
import io.fiducia.anatomy.task.TotalTasks;
import java.io.IOException;
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
  private static String plans(ModelSource model, List<Double> spacing) {
    return """
        {"dataset_name": "FOLDER", "plans_name": "PLANS", "image_reader_writer": "NibabelIO",
         "transpose_forward": [0, 1, 2], "transpose_backward": [0, 1, 2],
         "original_median_spacing_after_transp": [1.5, 1.5, 1.5],
         "original_median_shape_after_transp": [40, 50, 35],
         "configurations": {"CONFIGURATION": {"data_identifier": "x",
          "preprocessor_name": "DefaultPreprocessor", "batch_size": 2, "patch_size": [32, 32, 32],
          "median_image_size_in_voxels": [40.0, 50.0, 35.0], "spacing": SPACING,
          "normalization_schemes": ["CTNormalization"], "use_mask_for_norm": [false],
          "UNet_class_name": "PlainConvUNet", "UNet_base_num_features": 4,
          "n_conv_per_stage_encoder": [2, 2], "n_conv_per_stage_decoder": [2],
          "num_pool_per_axis": [1, 1, 1], "pool_op_kernel_sizes": [[1, 1, 1], [2, 2, 2]],
          "conv_kernel_sizes": [[3, 3, 3], [3, 3, 3]], "unet_max_num_features": 8,
          "resampling_fn_data": "resample_data_or_seg_to_shape",
          "resampling_fn_seg": "resample_data_or_seg_to_shape",
          "resampling_fn_data_kwargs": {"is_seg": false, "order": 3, "order_z": 0,
           "force_separate_z": null},
          "resampling_fn_seg_kwargs": {"is_seg": true, "order": 1, "order_z": 0,
           "force_separate_z": null},
          "resampling_fn_probabilities": "resample_data_or_seg_to_shape",
          "resampling_fn_probabilities_kwargs": {"is_seg": false, "order": 1, "order_z": 0,
           "force_separate_z": null}, "batch_dice": true}},
         "experiment_planner_used": "ExperimentPlanner", "label_manager": "LabelManager",
         "foreground_intensity_properties_per_channel": {"0": {"mean": 0.0, "std": 200.0,
          "percentile_00_5": -1000.0, "percentile_99_5": 1000.0, "min": -1024.0, "max": 3000.0,
          "median": 0.0}}}
        """.replace("FOLDER", model.folder()).replace("PLANS", model.plans())
        .replace("CONFIGURATION", model.configuration()).replace("SPACING", spacing.toString());
  }
}
