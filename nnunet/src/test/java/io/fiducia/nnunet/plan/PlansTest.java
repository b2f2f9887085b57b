package io.fiducia.nnunet.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class PlansTest {
  /** The form of plans from before 2024; features follow from base and maximum. */
  private static final String FLAT = """
      {"dataset_name": "Dataset297_Total", "plans_name": "nnUNetPlans", "more": {"x": [1, null]},
       "image_reader_writer": "NibabelIOWithReorient",
       "transpose_forward": [0, 1, 2], "transpose_backward": [0, 1, 2],
       "foreground_intensity_properties_by_modality": {"0": {"max": 9.0, "mean": 1.5, "median": 1.0,
         "min": -2.0, "percentile_00_5": -1.0, "percentile_99_5": 8.0, "std": 0.5}},
       "configurations": {
         "3d_fullres": {"data_identifier": "nnUNetPlans_3d_fullres", "batch_size": 2,
           "preprocessor_name": "DefaultPreprocessor", "patch_size": [112, 112, 128],
           "median_image_size_in_voxels": [117.0, 126.5, 127.0], "spacing": [3.0, 3.0, 3.0],
           "normalization_schemes": ["CTNormalization"], "use_mask_for_norm": [false],
           "UNet_class_name": "PlainConvUNet", "UNet_base_num_features": 32,
           "n_conv_per_stage_encoder": [2, 2, 2, 2, 2], "n_conv_per_stage_decoder": [2, 2, 2, 2],
           "num_pool_per_axis": [4, 4, 4],
           "pool_op_kernel_sizes": [[1,1,1],[2,2,2],[2,2,2],[2,2,2],[2,2,2]],
           "conv_kernel_sizes": [[3,3,3],[3,3,3],[3,3,3],[3,3,3],[3,3,3]],
           "unet_max_num_features": 320, "resampling_fn_data": "resample_data_or_seg_to_shape",
           "resampling_fn_data_kwargs": {"is_seg": false, "order": 3, "order_z": 0,
             "force_separate_z": true}, "batch_dice": true},
         "small": {"inherits_from": "3d_fullres", "batch_size": 4},
         "a": {"inherits_from": "b"}, "b": {"inherits_from": "a"}}}
      """;

  private static Plans flat() {
    return Plans.of((ObjectNode) JsonMapper.shared().readTree(FLAT));
  }

  @Test
  void theFlatFormAndInheritanceAreUnderstood() {
    Configuration c = flat().configuration("small");
    assertThat(c.batchSize()).isEqualTo(4);
    assertThat(c.patchSize()).containsExactly(112, 112, 128);
    assertThat(c.architecture().featuresPerStage()).containsExactly(32, 64, 128, 256, 320);
    assertThat(c.architecture().residual()).isFalse();
    assertThat(c.architecture().convsPerStageDecoder()).containsExactly(2, 2, 2, 2);
    assertThat(c.data().forceSeparateZ()).contains(true);
    assertThat(c.seg()).isEqualTo(ResamplingSettings.seg());
    assertThat(c.batchDice()).isTrue();
    assertThat(flat().foregroundIntensities())
        .containsExactly(new IntensityProperties(1.5, 0.5,
            new IntensityProperties.Order(-2, -1, 1, 8, 9)));
  }

  @Test
  void writingKeepsWhatIsNotUnderstood(@TempDir Path folder) {
    Path file = folder.resolve("plans.json");
    flat().write(file);
    assertThat(Plans.read(file).tree()).isEqualTo(JsonMapper.shared().readTree(FLAT));
    assertThat(flat().asMap()).containsEntry("plans_name", "nnUNetPlans").containsKey("more");
  }

  @Test
  void aConfigurationThatIsPutInReadsBackEqual() {
    Configuration c = flat().configuration("small");
    Configuration changed = c
        .with(new Configuration.Identity("small", "mine", c.preprocessorName(),
            Optional.of("3d_lowres")))
        .with(new Configuration.Batch(3, List.of(64, 64, 64), false));
    Plans with = flat().with(changed);
    assertThat(with.configuration("small")).isEqualTo(changed);
    assertThat(with.configuration("3d_fullres")).isEqualTo(flat().configuration("3d_fullres"));
    assertThat(with.with(c).configuration("small")).isEqualTo(c);
  }

  @Test
  void plansAreAdoptedForAnotherDatasetWithDataOfTheirOwn() {
    Plans adopted = flat().adoptedFor("Dataset007_New", "Adopted", "NibabelIO");
    assertThat(adopted.datasetName()).isEqualTo("Dataset007_New");
    assertThat(adopted.plansName()).isEqualTo("Adopted");
    assertThat(adopted.imageReaderWriter()).isEqualTo("NibabelIO");
    assertThat(adopted.foregroundIntensities()).isEqualTo(flat().foregroundIntensities());
    Configuration c = adopted.configuration("3d_fullres");
    assertThat(c.dataIdentifier()).isEqualTo("Adopted_3d_fullres");
    assertThat(c.architecture()).isEqualTo(flat().configuration("3d_fullres").architecture());
  }

  @Test
  void keysOfAnotherVersionAreNamed() {
    assertThat(flat().unknownKeys()).containsExactly("more");
    ObjectNode tree = flat().with(flat().configuration("small")).tree();
    tree.withObject("/configurations/small/architecture/arch_kwargs").put("deep", 1);
    tree.withObject("/configurations/small").put("shiny", 1);
    assertThat(Plans.of(tree).unknownKeys()).containsExactly("more",
        "configurations.small.shiny", "configurations.small.architecture.arch_kwargs.deep");
  }

  /** The kwargs that nnunetv2 2.8.1's planners of these names write. */
  @Test
  void resamplingByTorchOrNotAtAllReadsBackEqual() {
    Configuration c = flat().configuration("small");
    for (String planner : List.of("nnUNetPlannerResEncL_torchres_sepz", "nnUNetPlanner_torchres",
        "nnUNetPlannerResEncL_noResampling")) {
      Configuration other = c.with(PlannerProfile.named(planner).sampling().byKind());
      Plans with = flat().with(other);
      assertThat(with.configuration("small")).isEqualTo(other);
      assertThat(with.unknownKeys()).containsExactly("more");
    }
    ObjectNode tree = flat().with(c).tree();
    tree.withObject("/configurations/small/resampling_fn_seg_kwargs")
        .put("memefficient_seg_resampling", true);
    assertThatThrownBy(() -> Plans.of(tree).configuration("small"))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("resampling_fn_seg_kwargs");
  }

  @Test
  void configurationsOfEarlierPlansAreKept() {
    Plans fresh = flat();
    Plans old = fresh.with(fresh.configuration("small").with(
        new Configuration.Identity("extra", "d", "DefaultPreprocessor", Optional.empty())));
    assertThat(fresh.keepingConfigurationsOf(old).configurationNames())
        .containsExactly("3d_fullres", "small", "a", "b", "extra");
  }

  @Test
  void whatCannotBeUsedIsNamed(@TempDir Path folder) throws IOException {
    assertThatThrownBy(() -> flat().configuration("a")).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("circle");
    assertThatThrownBy(() -> flat().configuration("3d")).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("no such configuration").hasMessageContaining("3d_fullres");
    Path file = folder.resolve("plans.json");
    assertThatThrownBy(() -> Plans.read(file)).isInstanceOf(FiduciaException.class);
    Files.writeString(file, "[1]");
    assertThatThrownBy(() -> Plans.read(file)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("JSON object");
    ObjectNode tree = flat().with(flat().configuration("small")).tree();
    ObjectNode kwargs = tree.withObject("/configurations/small/architecture/arch_kwargs");
    kwargs.put("norm_op", "torch.nn.modules.batchnorm.BatchNorm3d");
    assertThatThrownBy(() -> Plans.of(tree).configuration("small"))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("BatchNorm3d");
    kwargs.remove("strides");
    kwargs.put("norm_op", "torch.nn.modules.instancenorm.InstanceNorm3d");
    assertThatThrownBy(() -> Plans.of(tree).configuration("small"))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("strides");
  }

  @ParameterizedTest
  @CsvSource({"dataset_name, ../x", "plans_name, /etc/x", "plans_name, a/b", "dataset_name, ..",
    "plans_name, ''"})
  void namesThatLeaveTheFolderAreRefused(String key, String name) {
    ObjectNode tree = flat().tree().put(key, name);
    Plans plans = Plans.of(tree);
    assertThatThrownBy(() -> {
      plans.datasetName();
      plans.plansName();
    }).isInstanceOf(FiduciaException.class).hasMessageContaining("key " + key);
  }

  @Test
  void configurationsAndTheirFoldersCannotLeaveTheFolder() {
    ObjectNode tree = flat().tree();
    tree.withObject("/configurations/3d_fullres").put("data_identifier", "../../x");
    assertThatThrownBy(() -> Plans.of(tree).configuration("small"))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("key data_identifier");
    ObjectNode named = flat().tree();
    named.withObject("/configurations").putObject("../x").put("inherits_from", "3d_fullres");
    assertThatThrownBy(() -> Plans.of(named).configurationNames())
        .isInstanceOf(FiduciaException.class).hasMessageContaining("a key of configurations");
    assertThatThrownBy(() -> Plans.of(named).configuration("../x"))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("cannot be part of a path");
    ObjectNode next = flat().tree();
    next.withObject("/configurations/3d_fullres").put("next_stage", "../x");
    assertThatThrownBy(() -> Plans.of(next).nextStages("3d_fullres"))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("next_stage");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "/etc/x", "a/b", ".."})
  void aPreviousStageCannotLeaveTheFolder(String name) {
    ObjectNode tree = flat().tree();
    tree.withObject("/configurations/3d_fullres").put("previous_stage", name);
    assertThatThrownBy(() -> Plans.of(tree).configuration("3d_fullres"))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.where()).contains("key previous_stage");
        });
  }

  /** JSON of another type is the user's bad input, not an internal error. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      batch_size | "two" | a whole number
      patch_size | 64 | a list
      patch_size | [64, {}] | a whole number
      spacing | ["wide"] | a number
      normalization_schemes | [[]] | text
      use_mask_for_norm | ["perhaps"] | true or false
      data_identifier | [] | text
      inherits_from | {} | text
      previous_stage | ["3d_lowres"] | text
      pool_op_kernel_sizes | [1] | a list
      conv_kernel_sizes | [[3,3,3]] | 5 stages
      resampling_fn_data_kwargs | {"order": "cubic"} | a whole number
      """)
  void valuesOfAnotherTypeAreNamed(String key, String value, String expected) {
    ObjectNode tree = flat().tree();
    tree.withObject("/configurations/3d_fullres").set(key, JsonMapper.shared().readTree(value));
    assertThatThrownBy(() -> Plans.of(tree).configuration("3d_fullres"))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT))
        .hasMessageContaining(expected)
        .hasMessageContaining(key.startsWith("conv") ? "3d_fullres" : key.split("_kwargs")[0]);
  }

  @Test
  void axesThatAreNoOrderAreRefused() {
    ObjectNode tree = flat().tree();
    tree.putArray("transpose_forward").add(0).add(0).add(1);
    assertThatThrownBy(() -> Plans.of(tree).transposeForward())
        .isInstanceOf(FiduciaException.class).hasMessageContaining("found [0, 0, 1]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"spacings\": 1}", "{\"spacings\": [[\"a\", 1, 1]]}",
    "{\"spacings\": [[1, 1, 1]], \"shapes_after_crop\": [[1, 1, -1]]}"})
  void aFingerprintOfAnotherFormIsRefused(String text, @TempDir Path folder) throws IOException {
    Path file = folder.resolve("dataset_fingerprint.json");
    Files.writeString(file, text);
    assertThatThrownBy(() -> Fingerprint.read(file)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("the fingerprint is not usable");
  }
}
