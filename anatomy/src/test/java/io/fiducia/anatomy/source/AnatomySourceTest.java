package io.fiducia.anatomy.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.anatomy.task.Variant;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.dataset.ModelOrigin;
import io.fiducia.nnunet.infer.ModelFolder;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.run.StartingModel;
import io.fiducia.torch.Device;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.CheckpointWriter;
import io.fiducia.torch.checkpoint.OrderedState;
import io.fiducia.torch.checkpoint.PyNone;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.StoredTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Models with the names, labels and form of plans of the public ones, and small random weights. That
 * nnU-Net predicts the same with a starting point as with the model is checked by check_source.py.
 */
class AnatomySourceTest {
  @TempDir
  private Path folder;

  /** Plans in the flat form of nnU-Net's first versions, which most public weights have. */
  private static String flat(String unet, String reader, String configuration, double spacing) {
    return """
        {"dataset_name": "DatasetX", "plans_name": "nnUNetPlans", "image_reader_writer": "READER",
         "transpose_forward": [2, 0, 1], "transpose_backward": [1, 2, 0],
         "original_median_spacing_after_transp": [1.5, 1.5, 1.5],
         "original_median_shape_after_transp": [40, 50, 35],
         "configurations": {"CONFIGURATION": {"data_identifier": "nnUNetPlans_CONFIGURATION",
          "preprocessor_name": "DefaultPreprocessor", "batch_size": 2, "patch_size": [16, 24, 32],
          "median_image_size_in_voxels": [40.0, 50.5, 35.0], "spacing": [MM, MM, MM],
          "normalization_schemes": ["CTNormalization"], "use_mask_for_norm": [false],
          "UNet_class_name": "UNET", "UNet_base_num_features": 4,
          "n_conv_per_stage_encoder": [2, 2], "n_conv_per_stage_decoder": [2],
          "num_pool_per_axis": [1, 1, 1], "pool_op_kernel_sizes": [[1, 1, 1], [2, 2, 2]],
          "conv_kernel_sizes": [[3, 3, 3], [3, 3, 3]], "unet_max_num_features": 320,
          "resampling_fn_data": "resample_data_or_seg_to_shape",
          "resampling_fn_data_kwargs": {"is_seg": false, "order": 3, "order_z": 0,
           "force_separate_z": null}, "batch_dice": true}},
         "experiment_planner_used": "ExperimentPlanner", "label_manager": "LabelManager",
         "foreground_intensity_properties_by_modality": {"0": {"mean": -5.5, "std": 200.0,
          "percentile_00_5": -1000.0, "percentile_99_5": 1000.0, "min": -1024.0, "max": 3000.0,
          "median": 0.0}}}
        """.replace("READER", reader).replace("CONFIGURATION", configuration)
        .replace("UNET", unet).replace("MM", Double.toString(spacing));
  }

  private static Map<String, Integer> labels(AnatomySource source) {
    Map<String, Integer> labels = new LinkedHashMap<>();
    labels.put("background", 0);
    AnatomyTask task = source.network().task();
    source.network().part().labels()
        .forEach((own, label) -> labels.put(task.classes().get(label), own));
    return labels;
  }

  /** Writes a public model below the root; returns its weights. */
  private Map<String, StoredTensor> write(AnatomySource source, String plans, String fold)
      throws IOException {
    Path model = folder.resolve("weights").resolve(source.network().model().folder())
        .resolve(source.network().model().modelName());
    Files.createDirectories(model.resolve("fold_" + fold));
    Map<String, Integer> labels = labels(source);
    Map<String, Object> dataset = Map.of("channel_names", Map.of("0", "CT"), "labels", labels,
        "numTraining", 1, "file_ending", ".nii.gz");
    Files.writeString(model.resolve("plans.json"), plans);
    Files.writeString(model.resolve("dataset.json"),
        JsonMapper.shared().writeValueAsString(dataset));
    Configuration c = Plans.read(model.resolve("plans.json"))
        .configuration(source.network().model().configuration());
    try (UNet net = UNet.create(c.architecture(), 1, labels.size(), Device.CPU, 7)) {
      Map<String, StoredTensor> weights = StoredTensors.toStored(net.state());
      Map<String, Object> root = new LinkedHashMap<>();
      root.put("network_weights", new OrderedState(weights));
      root.put("optimizer_state", Map.of("state", List.of(1)));
      root.put("trainer_name", source.network().model().trainer());
      root.put("inference_allowed_mirroring_axes", PyNone.NONE);
      root.put("init_args", Map.of("configuration", c.name(), "fold", fold));
      CheckpointWriter.writePth(model.resolve("fold_" + fold).resolve("checkpoint_final.pth"),
          root);
      return weights;
    }
  }

  private WeightsFolder weights() {
    return new WeightsFolder(folder.resolve("weights"));
  }

  private static AnatomySource total(String variant, String part) {
    return AnatomySource.of(TotalTasks.load().find("total").orElseThrow(), variant,
        Optional.ofNullable(part));
  }

  @Test
  void aPartOfTotalSegmentatorBecomesAModelWithPlansOfTodaysForm() throws IOException {
    AnatomySource source = total(Variant.DEFAULT, "organs");
    Map<String, StoredTensor> before = write(source,
        flat("PlainConvUNet", "NibabelIOWithReorient", "3d_fullres", 1.5), "0");
    Path target = folder.resolve("organs");
    AnatomySource.Written written = source.write(weights(), Optional.empty(), target, false);
    assertThat(written.plansName()).isEqualTo("TotalSegmentator_total_organs_Plans");
    assertThat(written.configuration()).isEqualTo("3d_fullres");
    assertThat(written.mirrored()).isFalse();
    assertThat(written.structures()).hasSize(24);
    assertThat(written.structures()).startsWith(
        new ModelOrigin.Labelled(1, "spleen", Optional.of("Spleen")),
        new ModelOrigin.Labelled(2, "kidney_right", Optional.of("Kidney_R")));

    Plans old = Plans.read(target.resolve(StartingModel.OLD_PLANS));
    Plans plans = Plans.read(target.resolve("plans.json"));
    ObjectNode c = (ObjectNode) plans.tree().at("/configurations/3d_fullres");
    assertThat(c.has("UNet_class_name")).isFalse();
    assertThat(c.at("/architecture/arch_kwargs/features_per_stage")).hasToString("[4,8]");
    assertThat(plans.tree().has("foreground_intensity_properties_per_channel")).isTrue();
    assertThat(plans.foregroundIntensities()).isEqualTo(old.foregroundIntensities());
    assertThat(plans.transposeForward()).containsExactly(2, 0, 1);
    assertThat(plans.imageReaderWriter()).isEqualTo("NibabelIOWithReorient");
    assertThat(plans.datasetName()).isEqualTo("DatasetX");
    Configuration was = old.configuration("3d_fullres");
    assertThat(plans.configuration("3d_fullres")).isEqualTo(was.with(new Configuration.Identity(
        "3d_fullres", "TotalSegmentator_total_organs_Plans_3d_fullres",
        was.preprocessorName(), Optional.empty())));

    Path checkpoint = target.resolve("fold_0/checkpoint_final.pth");
    ModelFolder.Fold fold = ModelFolder.open(target).fold("0", "checkpoint_final.pth");
    assertThat(fold.weights().keySet()).isEqualTo(before.keySet());
    before.forEach((name, t) -> assertThat(fold.weights().get(name).sha256()).as(name)
        .isEqualTo(t.sha256()));
    assertThat(((Map<?, ?>) CheckpointReader.read(checkpoint).root()).keySet().stream()
        .map(String::valueOf)).doesNotContain("optimizer_state");
    assertThat(fold.trainer()).isEqualTo("nnUNetTrainerNoMirroring");
    ModelOrigin origin = ModelOrigin.read(target).orElseThrow();
    assertThat(origin.facts()).containsEntry("tool", "TotalSegmentator")
        .containsEntry("task", "total").containsEntry("part", "organs")
        .containsEntry("dataset", 291);
    assertThat(origin.facts().get("weights_sha256").toString()).hasSize(64);
    assertThat(origin.structures()).isEqualTo(written.structures());
  }

  @Test
  void anExistingFolderIsKeptUnlessItMayBeReplaced() throws IOException {
    AnatomySource source = total(Variant.DEFAULT, "organs");
    write(source, flat("PlainConvUNet", "NibabelIOWithReorient", "3d_fullres", 1.5), "0");
    Path target = folder.resolve("organs");
    source.write(weights(), Optional.empty(), target, false);
    assertThatThrownBy(() -> source.write(weights(), Optional.empty(), target, false))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("exists already");
    source.write(weights(), Optional.empty(), target, true);
    assertThatThrownBy(() -> source.write(weights(), Optional.of("3"), target, true))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("no such checkpoint");
  }

  /** CADS turns images to right, anterior, superior; the reader in its plans does not. */
  @Test
  void cadsKeepsItsOrientationAndItsFoldOfAllCasesBecomesFold0() throws IOException {
    CadsTasks tasks = CadsTasks.load();
    AnatomySource source = AnatomySource.of(tasks.find("556").orElseThrow(), "open",
        Optional.empty());
    write(source, flat("ResidualEncoderUNet", "SimpleITKIO", "3d_fullres", 1.5), "all");
    Path target = folder.resolve("pelvis");
    AnatomySource.Written written = source.write(weights(), Optional.empty(), target, false);
    assertThat(written.plansName()).isEqualTo("CADS_556_open_Plans");
    assertThat(written.licence().name()).isEqualTo("CC BY-SA 4.0");
    StartingModel model = StartingModel.read(target, "0");
    assertThat(model.model().plans().imageReaderWriter()).isEqualTo("SimpleITKIOWithReorient");
    assertThat(model.model().plans().configuration("3d_fullres").architecture().residual())
        .isTrue();
    assertThat(ModelOrigin.read(target).orElseThrow().facts()).containsEntry("fold", "all")
        .containsEntry("image_reader_writer", "SimpleITKIO");
  }

  @Test
  void anUnknownPartOrVariantIsNamedWithTheNearest() {
    assertThatThrownBy(() -> total(Variant.DEFAULT, "orgns"))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.USAGE);
          assertThat(e.why()).contains("organs, vertebrae, cardiac, muscles, ribs");
          assertThat(e.advice()).contains("did you mean organs?");
        });
    assertThatThrownBy(() -> total(Variant.DEFAULT, null)).hasMessageContaining("several networks");
    assertThatThrownBy(() -> total("fst", null)).isInstanceOfSatisfying(FiduciaException.class,
        e -> assertThat(e.advice()).isEqualTo("did you mean fast?"));
    assertThat(total(Variant.FASTEST, null).network().model().dataset()).isEqualTo(298);
  }

  @Test
  void missingWeightsAreNamedBeforeAnythingIsWritten() {
    assertThatThrownBy(() -> total(Variant.DEFAULT, "organs").write(weights(), Optional.empty(),
        folder.resolve("x"), false)).isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.why()).contains("Dataset291", "licence"));
    assertThat(folder.resolve("x")).doesNotExist();
  }
}
