package io.fiducia.nnunet.run;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.geometry.Size;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.plan.PlannerProfile;
import io.fiducia.nnunet.plan.Splits;
import io.fiducia.nnunet.preprocess.DatasetPreprocessor;
import io.fiducia.testing.SyntheticDataset;
import io.fiducia.torch.Device;
import io.fiducia.volume.FloatVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Five tiny cases, planned with nnU-Net's planner but few features, and preprocessed. */
final class FoldFixture {
  static final String DATASET = "Dataset904_Balls";
  static final String CONFIGURATION = "3d_fullres";
  static final String PLANS = "nnUNetPlans";
  private static final int CASES = 5;
  /** Planes along each axis that hold nothing, so that every case is cropped. */
  private static final int MARGIN = 2;

  final List<String> notes = new CopyOnWriteArrayList<>();
  final List<String> warnings = new CopyOnWriteArrayList<>();
  final NnunetRoots roots;
  final Path rawFolder;
  final Path data;

  /** @param reader nnU-Net's reader that dataset.json demands */
  FoldFixture(Path folder, String reader, DatasetPreprocessor.Format format) throws IOException {
    roots = new NnunetRoots(Optional.of(folder.resolve("raw")),
        Optional.of(folder.resolve("preprocessed")), Optional.of(folder.resolve("results")));
    rawFolder = SyntheticDataset.write(folder.resolve("raw").resolve(DATASET), CASES);
    SyntheticDataset.json(rawFolder, "{\"background\": 0, \"ball\": 1, \"cube\": 2},"
        + " \"overwrite_image_reader_writer\": \"" + reader + "\"");
    for (int c = 0; c < CASES; c++) {
      NiftiWriter.writeFloats(SyntheticDataset.image(rawFolder, c), new FloatVolume(
          SyntheticDataset.grid(SyntheticDataset.SIZE), image(c)));
    }
    data = roots.preprocessed().orElseThrow().resolve(DATASET);
    RawDataset raw = RawDataset.open(rawFolder);
    DatasetPlanning.Planned planned = new DatasetPlanning(raw, data, progress(),
        new Cancellation()).run(
            new DatasetPlanning.Method.Planner(PlannerProfile.DEFAULT,
                Optional.empty()),
            false, 1);
    small(planned.file());
    preprocess(format);
  }

  void preprocess(DatasetPreprocessor.Format format) {
    DatasetPreparation.open(RawDataset.open(rawFolder), data, PLANS, progress())
        .run(CONFIGURATION, format, 1, new Cancellation());
  }

  private static float[] image(int c) {
    float[] image = SyntheticDataset.image(SyntheticDataset.labels(c), c);
    Size size = SyntheticDataset.SIZE;
    for (int i = 0; i < image.length; i++) {
      int x = i % size.x();
      int y = i / size.x() % size.y();
      int z = i / size.x() / size.y();
      if (Math.min(Math.min(x, y), z) < MARGIN) {
        image[i] = 0;
      }
    }
    return image;
  }

  /** Two features and two stages: the numbers do not matter here, the time does. */
  private static void small(Path plans) throws IOException {
    JsonNode tree = JsonMapper.shared().readTree(Files.readString(plans));
    ObjectNode arguments = (ObjectNode) tree
        .at("/configurations/" + CONFIGURATION + "/architecture/arch_kwargs");
    int stages = arguments.path("n_stages").asInt();
    var features = arguments.putArray("features_per_stage");
    for (int s = 0; s < stages; s++) {
      features.add(4);
    }
    Files.writeString(plans, tree.toString());
  }

  FoldRequest request() {
    return FoldRequest.of(CONFIGURATION, "0", PLANS).withTrainer(TrainerName.NO_MIRRORING)
        .with(new FoldRequest.Training(
            FoldRequest.Length.of(1, 2), FoldRequest.Schedule.standard(), Optional.empty()));
  }

  /** A validation case of fold 0. */
  String validationCase() {
    List<String> ids = RawDataset.open(rawFolder).training().stream().map(RawCase::id).toList();
    return Splits.create(ids).folds().get(0).val().get(0);
  }

  FoldFolders folders() {
    return roots.fold(DATASET);
  }

  /** The folders as on a machine that only the preprocessed data was copied to. */
  FoldFolders foldersWithoutRaw() {
    return new NnunetRoots(Optional.empty(), roots.preprocessed(), roots.results()).fold(DATASET);
  }

  Path model() {
    return roots.results().orElseThrow().resolve(DATASET)
        .resolve(TrainerName.NO_MIRRORING + "__" + PLANS + "__" + CONFIGURATION);
  }

  FoldResult run(FoldRequest request, FoldFolders folders) {
    return FoldRun.run(request, folders, new Compute(Device.CPU, 1, OptionalLong.of(3)), progress(),
        new Cancellation());
  }

  Progress progress() {
    return event -> {
      switch (event) {
        case ProgressEvent.Note note -> notes.add(note.text());
        case ProgressEvent.Warning warning -> warnings.add(warning.text());
        default -> {
        }
      }
    };
  }
}
