package io.fiducia.nnunet.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.core.TransferRecipe;
import io.fiducia.learn.transfer.Adaptation;
import io.fiducia.nnunet.dataset.ModelOrigin;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.infer.ModelFolder;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.preprocess.DatasetPreprocessor;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A trained model as a starting point, and trainings and plans that start from it. */
class TransferRunTest {
  private static final String WEIGHTS = "network_weights.";
  private static final String OTHER_TRAINER = "nnUNetTrainer_250epochs_NoMirroring";

  @TempDir
  private Path folder;

  private static FoldRequest length(FoldRequest request, int epochs, int iterations,
      Optional<FoldRequest.Start> start) {
    return request.withValidation(Optional.empty()).with(new FoldRequest.Training(
        FoldRequest.Length.of(epochs, iterations), FoldRequest.Schedule.standard(), start));
  }

  private static double firstLoss(FoldResult result) {
    return result.log().orElseThrow().rows().getFirst().trainLoss();
  }

  @Test
  void aFineTunedTrainingStartsBetterThanScratchAndReportsEveryTensor() throws IOException {
    FoldFixture fixture = new FoldFixture(folder, "SimpleITKIO",
        DatasetPreprocessor.Format.NATIVE);
    fixture.run(length(fixture.request(), 3, 20, Optional.empty()), fixture.folders());
    Path start = folder.resolve("start");
    StartingModel model = StartingModel.read(fixture.model(), "0");
    StartingModel.Identity identity = new StartingModel.Identity("StartPlans", "SimpleITKIO",
        new ModelOrigin(Map.of("tool", "Test"), List.of()));
    model.write(identity, start, false);

    FoldRequest other = fixture.request().withTrainer(OTHER_TRAINER);
    double scratch = firstLoss(fixture.run(length(other, 1, 2, Optional.empty()),
        fixture.folders()));
    FoldResult tuned = fixture.run(length(other, 2, 2,
        Optional.of(new FoldRequest.Start(start, TransferRecipe.DECODER)))
        .with(FoldRequest.Mode.REPLACE), fixture.folders());
    assertThat(firstLoss(tuned)).isLessThan(scratch - 0.05);
    assertThat(fixture.notes).anyMatch(
        n -> n.contains("0 adapted, 0 fresh") && n.contains("tensors taken"));

    Path fold = tuned.model().resolve("fold_0");
    JsonNode json = JsonMapper.shared().readTree(Files.readString(fold.resolve(Adaptation.FILE)));
    assertThat(json.path("source").asString()).isEqualTo(start.toString());
    assertThat(json.path("recipe").asString()).isEqualTo("decoder");
    assertThat(json.path("iterations").asInt()).isEqualTo(4);
    assertThat(json.path("seed").asInt()).isEqualTo(3);
    assertThat(json.path("cases")).hasSize(4);
    assertThat(json.at("/origin/tool").asString()).isEqualTo("Test");
    Map<String, StoredTensor> before = CheckpointReader
        .read(start.resolve("fold_0/checkpoint_final.pth")).tensors();
    Map<String, StoredTensor> after = CheckpointReader
        .read(fold.resolve("checkpoint_final.pth")).tensors();
    List<StoredTensor> named = new ArrayList<>();
    json.path("tensors").forEach(t -> {
      String name = WEIGHTS + t.path("name").asString();
      named.add(after.get(name));
      assertThat(t.path("state").asString()).as(name).isEqualTo("taken");
      boolean frozen = t.path("trained_from").isNull();
      assertThat(frozen).as(name).isEqualTo(name.startsWith(WEIGHTS + "encoder."));
      if (frozen) {
        assertThat(after.get(name).sha256()).as(name).isEqualTo(before.get(name).sha256());
      }
    });
    // Each tensor of the checkpoint once, whatever its names.
    after.forEach((name, tensor) -> {
      if (name.startsWith(WEIGHTS)) {
        assertThat(named).as(name).filteredOn(tensor::sharesBytesWith).hasSize(1);
      }
    });

    // A training from scratch in the same place does not keep the report.
    fixture.run(length(other, 1, 2, Optional.empty()).with(FoldRequest.Mode.REPLACE),
        fixture.folders());
    assertThat(fold.resolve(Adaptation.FILE)).doesNotExist();
  }

  @Test
  void startingFromANetworkThatWasNotMirroredWarnsATrainingThatMirrors() throws IOException {
    FoldFixture fixture = new FoldFixture(folder, "SimpleITKIO",
        DatasetPreprocessor.Format.NATIVE);
    fixture.run(length(fixture.request(), 1, 1, Optional.empty()), fixture.folders());
    Optional<FoldRequest.Start> start = Optional.of(
        new FoldRequest.Start(fixture.model(), TransferRecipe.FULL));
    fixture.run(length(fixture.request().withTrainer(OTHER_TRAINER), 1, 1, start),
        fixture.folders());
    assertThat(fixture.warnings).noneMatch(w -> w.contains("without mirroring"));
    fixture.run(length(fixture.request().withTrainer(TrainerName.DEFAULT), 1, 1, start),
        fixture.folders());
    assertThat(fixture.warnings).anyMatch(w -> w.contains("without mirroring"));
  }

  /** The model has two channels, the dataset the second of them. */
  @Test
  void plansForOtherChannelsKeepWhatTheModelKnowsByName() throws IOException {
    FoldFixture fixture = new FoldFixture(folder, "SimpleITKIO",
        DatasetPreprocessor.Format.NATIVE);
    RawDataset dataset = RawDataset.open(fixture.rawFolder);
    ObjectNode tree = Plans.read(fixture.data.resolve("nnUNetPlans.json")).modernised().tree();
    tree.withObject("/configurations").properties().forEach(e -> {
      ObjectNode c = (ObjectNode) e.getValue();
      c.putArray("normalization_schemes").add("ZScoreNormalization").add("CTNormalization");
      c.putArray("use_mask_for_norm").add(true).add(false);
    });
    ObjectNode intensities = tree.putObject("foreground_intensity_properties_per_channel");
    intensities.putObject("0").put("mean", 11);
    intensities.putObject("1").put("mean", 22);
    Path model = Files.createDirectories(folder.resolve("model"));
    Plans.of(tree).write(model.resolve("plans.json"));

    Plans unknown = plan(fixture, dataset, model, "Unknown");
    Configuration c = unknown.configuration(FoldFixture.CONFIGURATION);
    Plans own = Plans.read(fixture.data.resolve("nnUNetPlans.json"));
    assertThat(c.normalization())
        .isEqualTo(own.configuration(FoldFixture.CONFIGURATION).normalization());
    assertThat(unknown.foregroundIntensities()).isEqualTo(own.foregroundIntensities());

    Files.writeString(model.resolve("dataset.json"),
        "{\"channel_names\": {\"0\": \"PET\", \"1\": \""
            + dataset.json().channels().getFirst().toUpperCase(java.util.Locale.ROOT)
            + "\"}, \"labels\": {\"background\": 0, \"a\": 1}, \"file_ending\": \".nii.gz\"}");
    Plans known = plan(fixture, dataset, model, "Known");
    assertThat(known.configuration(FoldFixture.CONFIGURATION).normalization()).isEqualTo(
        new Configuration.Normalization(List.of("CTNormalization"), List.of(false)));
    assertThat(known.foregroundIntensities()).extracting(p -> p.mean()).containsExactly(22.0);
    assertThat(known.configuration(FoldFixture.CONFIGURATION).patchSize())
        .isEqualTo(own.configuration(FoldFixture.CONFIGURATION).patchSize());
    assertThat(fixture.warnings).anyMatch(w -> w.contains("trained on 2 channels"));
  }

  private static Plans plan(FoldFixture fixture, RawDataset dataset, Path model, String name) {
    return new DatasetPlanning(dataset, fixture.data, fixture.progress(), new Cancellation())
        .run(new DatasetPlanning.Method.Like(model, Optional.of(name)), false, 1).plans();
  }

  @Test
  void aStartingPointIsWrittenOnceAndHoldsTheWeightsAlone() throws IOException {
    FoldFixture fixture = new FoldFixture(folder, "SimpleITKIO",
        DatasetPreprocessor.Format.NATIVE);
    fixture.run(length(fixture.request(), 1, 1, Optional.empty()), fixture.folders());
    Path start = folder.resolve("start");
    StartingModel model = StartingModel.read(fixture.model(), "0");
    StartingModel.Identity identity = new StartingModel.Identity("StartPlans", "NibabelIO",
        new ModelOrigin(Map.of(), List.of()));
    model.write(identity, start, false);
    Map<?, ?> root = (Map<?, ?>) CheckpointReader
        .read(start.resolve("fold_0/checkpoint_final.pth")).root();
    assertThat(root.keySet()).hasToString("[network_weights, init_args, trainer_name,"
        + " inference_allowed_mirroring_axes]");
    ModelFolder read = ModelFolder.open(start);
    assertThat(read.plans().plansName()).isEqualTo("StartPlans");
    assertThat(read.plans().imageReaderWriter()).isEqualTo("NibabelIO");
    assertThat(read.plans().configuration(FoldFixture.CONFIGURATION).batch())
        .isEqualTo(model.model().plans().configuration(FoldFixture.CONFIGURATION).batch());
    assertThat(read.fold("0", "checkpoint_final.pth").trainer())
        .isEqualTo(TrainerName.NO_MIRRORING);
    assertThatThrownBy(() -> StartingModel.check(start, false)).hasMessageContaining("exists");
    StartingModel.check(start, true);
    Files.writeString(start.resolve("mine.txt"), "");
    assertThatThrownBy(() -> StartingModel.check(start, true))
        .hasMessageContaining("mine.txt");
  }
}
