package io.fiducia.nnunet.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.core.TransferRecipe;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nnunet.dataset.AnnotatedStructures;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.infer.ModelFolder;
import io.fiducia.nnunet.infer.ModelOptions;
import io.fiducia.nnunet.infer.Predictor;
import io.fiducia.nnunet.plan.Splits;
import io.fiducia.nnunet.preprocess.DatasetPreprocessor.Format;
import io.fiducia.nnunet.run.FoldRequest.Length;
import io.fiducia.nnunet.run.FoldRequest.Mode;
import io.fiducia.nnunet.run.FoldRequest.Schedule;
import io.fiducia.nnunet.run.FoldRequest.Start;
import io.fiducia.nnunet.run.FoldRequest.Training;
import io.fiducia.nnunet.train.TrainingCheckpoints;
import io.fiducia.torch.Device;
import io.fiducia.torch.checkpoint.CheckpointReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A fold trained and validated as a study or a server does it, with no console. */
class FoldRunTest {
  private static final String READER = "SimpleITKIO";

  @TempDir
  private Path folder;

  private static Path fold(FoldFixture fixture) {
    return fixture.model().resolve("fold_0");
  }

  /**
   * The reference is the way that the program went before, and that a prediction still goes: from the
   * raw image, which is read and preprocessed again.
   */
  @ParameterizedTest
  @CsvSource({"SimpleITKIO, NATIVE", "SimpleITKIO, NPZ", "NibabelIOWithReorient, NPZ"})
  void validationFromPreprocessedCasesGivesTheVoxelsOfThoseFromRawImages(String reader,
      Format format) throws IOException {
    FoldFixture fixture = new FoldFixture(folder, reader, format);
    List<RawCase> raw = RawDataset.open(fixture.rawFolder).training();
    Path kept = folder.resolve("kept");
    Files.move(fixture.rawFolder, kept);

    FoldResult result = fixture.run(fixture.request(), fixture.foldersWithoutRaw());
    assertThat(result.complete()).isTrue();
    assertThat(result.log().orElseThrow().rows()).hasSize(1);
    assertThat(result.meanDice().orElseThrow()).isBetween(0.0, 1.0);
    Path validation = fold(fixture).resolve("validation");
    assertThat(validation.resolve("summary.json")).exists();

    Files.move(kept, fixture.rawFolder);
    List<String> ids = Splits.read(fixture.data.resolve("splits_final.json")).folds().get(0).val();
    Path again = folder.resolve("again");
    assertThat(predictor(fixture).predict(raw.stream().filter(c -> ids.contains(c.id())).toList(),
        again)).isEmpty();
    for (String id : ids) {
      NiftiImage found = NiftiReader.read(validation.resolve(id + ".nii.gz"));
      NiftiImage expected = NiftiReader.read(again.resolve(id + ".nii.gz"));
      short[] labels = expected.toLabelVolume().data();
      assertThat(Arrays.equals(found.toLabelVolume().data(), labels)).isTrue();
      assertThat(found.geometry()).isEqualTo(expected.geometry());
      // An empty map would be equal whatever was done with the case.
      short first = labels[0];
      assertThat(IntStream.range(0, labels.length)
          .anyMatch(i -> labels[i] != first)).isTrue();
    }
  }

  private static Predictor predictor(FoldFixture fixture) {
    return new Predictor(ModelFolder.open(fixture.model()),
        Predictor.Options.of(
            ModelOptions.on(Device.CPU).withMirroring(false).withFolds(List.of("0"))),
        fixture.progress(), new Cancellation());
  }

  @Test
  void validatesAndContinuesWithoutRawData() throws IOException {
    FoldFixture fixture = new FoldFixture(folder, READER, Format.NATIVE);
    fixture.run(fixture.request().withValidation(Optional.empty()), fixture.folders());
    assertThat(fold(fixture).resolve("validation")).doesNotExist();
    delete(fixture.rawFolder);

    FoldResult only = fixture.run(fixture.request().with(Mode.VALIDATE),
        fixture.foldersWithoutRaw());
    assertThat(only.log()).isEmpty();
    assertThat(only.scores().orElseThrow().cases()).isNotEmpty();
    // A raw folder that is named but does not hold the dataset changes nothing.
    FoldResult more = fixture.run(fixture.request().with(Mode.CONTINUE)
        .with(new FoldRequest.Training(FoldRequest.Length.of(2, 2),
            FoldRequest.Schedule.standard(), Optional.empty())),
        fixture.folders());
    assertThat(more.log().orElseThrow().rows()).hasSize(2);
    assertThat(more.complete()).isTrue();
  }

  @Test
  void aMissingReferenceIsFoundBeforeTheTraining() throws IOException {
    FoldFixture fixture = new FoldFixture(folder, READER, Format.NATIVE);
    String id = fixture.validationCase();
    Path reference = fixture.data.resolve("gt_segmentations").resolve(id + ".nii.gz");
    Files.delete(reference);
    assertThatThrownBy(() -> fixture.run(fixture.request(), fixture.foldersWithoutRaw()))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.where()).isEqualTo(reference.toString());
        });
    assertThat(fixture.model()).doesNotExist();
    // Data that an earlier version preprocessed may lack the copy: then the raw label map serves.
    FoldRun.open(fixture.request(), fixture.folders(), fixture.progress(), new Cancellation());
    // Preprocessing again brings the copy back, although the case itself is kept.
    fixture.preprocess(Format.NATIVE);
    assertThat(reference).exists();
  }

  /** nnU-Net writes the latest checkpoint every 50 epochs only; until then the best may be alone. */
  @Test
  void aFoldThatHoldsOnlyTheBestCheckpointIsNotTrainedOver() throws IOException {
    FoldFixture fixture = new FoldFixture(folder, READER, Format.NATIVE);
    FoldRequest training = fixture.request().withValidation(Optional.empty());
    fixture.run(training, fixture.folders());
    Path best = fold(fixture).resolve(TrainingCheckpoints.BEST);
    Files.delete(fold(fixture).resolve(TrainingCheckpoints.FINAL));
    Files.delete(fold(fixture).resolve(TrainingCheckpoints.LATEST));
    byte[] before = Files.readAllBytes(best);

    assertThatThrownBy(() -> fixture.run(training, fixture.folders()))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.what()).contains("begun");
          assertThat(e.where()).isEqualTo(best.toString());
        });
    assertThat(Files.readAllBytes(best)).isEqualTo(before);

    fixture.notes.clear();
    FoldResult more = fixture.run(training.with(Mode.CONTINUE)
        .with(new FoldRequest.Training(FoldRequest.Length.of(2, 2),
            FoldRequest.Schedule.standard(), Optional.empty())),
        fixture.folders());
    assertThat(fixture.notes).anyMatch(n -> n.contains("continues from " + best));
    assertThat(fixture.warnings).isEmpty();
    assertThat(more.log().orElseThrow().rows()).hasSize(2);
    assertThatThrownBy(() -> fixture.run(training, fixture.folders()))
        .hasMessageContaining("trained already");
    fixture.run(training.with(Mode.REPLACE), fixture.folders());
    assertThat(CheckpointReader.read(best).root()).isNotNull();
  }

  @Test
  void startingWhereThereIsNothingToContinueIsReported() throws IOException {
    FoldFixture fixture = new FoldFixture(folder, READER, Format.NATIVE);
    fixture.run(fixture.request().withValidation(Optional.empty()).with(Mode.CONTINUE),
        fixture.folders());
    assertThat(fixture.warnings).anyMatch(w -> w.contains("no checkpoint"));
  }

  @Test
  void partialAnnotationIsCopiedForATrainingWithoutRawData() throws IOException {
    FoldFixture fixture = new FoldFixture(folder, READER, Format.NATIVE);
    String id = fixture.validationCase();
    Files.writeString(fixture.rawFolder.resolve(AnnotatedStructures.FILE),
        "{\"annotated\": {\"" + id + "\": [\"ball\"]}}");
    fixture.preprocess(Format.NATIVE);
    delete(fixture.rawFolder);
    FoldResult result = fixture.run(fixture.request(), fixture.foldersWithoutRaw());
    // Nobody contoured the cube of this case, so that it has no score; keys are label numbers.
    var scores = result.scores().orElseThrow().cases().stream().filter(c -> c.id().equals(id))
        .findFirst().orElseThrow().byStructure();
    assertThat(scores.get("1").get("Dice")).isNotNaN();
    assertThat(scores.get("2").get("Dice")).isNaN();
    assertThat(fixture.model().resolve(AnnotatedStructures.FILE)).exists();
  }

  /** Otherwise a structure that is contoured by now would be left out of the loss and of the scores. */
  @Test
  void aPartialAnnotationThatWasRemovedIsNoLongerUsed() throws IOException {
    FoldFixture fixture = new FoldFixture(folder, READER, Format.NATIVE);
    String id = fixture.validationCase();
    Path raw = Files.writeString(fixture.rawFolder.resolve(AnnotatedStructures.FILE),
        "{\"annotated\": {\"" + id + "\": [\"ball\"]}}");
    fixture.preprocess(Format.NATIVE);
    fixture.run(fixture.request().withValidation(Optional.empty()), fixture.folders());
    Path copy = fixture.data.resolve(AnnotatedStructures.FILE);
    assertThat(copy).exists();
    assertThat(fixture.model().resolve(AnnotatedStructures.FILE)).exists();
    Files.delete(raw);

    FoldResult result = fixture.run(fixture.request().with(Mode.REPLACE), fixture.folders());
    assertThat(fixture.warnings).singleElement().asString().contains(copy.toString());
    var scores = result.scores().orElseThrow().cases().stream().filter(c -> c.id().equals(id))
        .findFirst().orElseThrow().byStructure();
    assertThat(scores.get("2").get("Dice")).isNotNaN();
    assertThat(fixture.model().resolve(AnnotatedStructures.FILE)).doesNotExist();
    fixture.preprocess(Format.NATIVE);
    assertThat(copy).doesNotExist();
    assertThat(fixture.warnings).last().asString().contains(copy + " is removed");
  }

  /** A demonstration trains on a part of a dataset: its other cases may be named, too. */
  @Test
  void onlyACaseThatTheDatasetLacksIsReportedAsMissing() throws IOException {
    FoldFixture fixture = new FoldFixture(folder, READER, Format.NATIVE);
    Path label = fixture.rawFolder.resolve("labelsTr")
        .resolve(fixture.validationCase() + ".nii.gz");
    Files.copy(label, label.resolveSibling("apart.nii.gz"));
    Files.writeString(fixture.rawFolder.resolve(AnnotatedStructures.FILE),
        "{\"annotated\": {\"apart\": [\"ball\"], \"elsewhere\": []}}");
    FoldRun.open(fixture.request(), fixture.folders(), fixture.progress(), new Cancellation());
    assertThat(fixture.warnings).singleElement().asString()
        .endsWith("names a case that is not there: elsewhere");
  }

  /** A training that cannot begin must not cost the one that it was to replace. */
  @Test
  void theOldTrainingStaysUntilTheNewOneCanBegin() throws IOException {
    FoldFixture fixture = new FoldFixture(folder, READER, Format.NATIVE);
    FoldRequest request = fixture.request().withValidation(Optional.empty());
    fixture.run(request, fixture.folders());
    List<Path> old = new TrainingCheckpoints(fold(fixture)).existing();
    assertThat(old).hasSize(3);

    Path otherNetwork = Path.of("src", "test", "resources", "peer", "flat", "model");
    for (Path source : List.of(folder.resolve("nothing.pth"), otherNetwork)) {
      Training training = new Training(Length.of(1, 2), Schedule.standard(),
          Optional.of(new Start(source, TransferRecipe.PRETRAINED)));
      assertThatThrownBy(
          () -> fixture.run(request.with(Mode.REPLACE).with(training), fixture.folders()))
          .isInstanceOf(FiduciaException.class);
      assertThat(new TrainingCheckpoints(fold(fixture)).existing()).isEqualTo(old);
    }
  }

  /** Between the first check and the lock, another program may have trained the fold. */
  @Test
  void aFoldThatAnotherProgramTrainedMeanwhileIsNotTrainedOver() throws IOException {
    FoldFixture fixture = new FoldFixture(folder, READER, Format.NATIVE);
    FoldRequest request = fixture.request().withValidation(Optional.empty());
    FoldRun waiting = FoldRun.open(request, fixture.folders(), fixture.progress(),
        new Cancellation());
    fixture.run(request, fixture.folders());
    Path trained = fold(fixture).resolve(TrainingCheckpoints.FINAL);
    byte[] before = Files.readAllBytes(trained);
    assertThatThrownBy(
        () -> waiting.run(new Compute(Device.CPU, 1, OptionalLong.of(4))))
        .hasMessageContaining("trained already");
    assertThat(Files.readAllBytes(trained)).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"../0, nnUNetPlans", "0/1, nnUNetPlans", "٣, nnUNetPlans", "0, ../nnUNetPlans",
    "0, a/b"})
  void namesThatLeadOutOfAFolderAreRefused(String fold, String plans) {
    assertThatThrownBy(() -> FoldRequest.of("3d_fullres", fold, plans))
        .isInstanceOf(FiduciaException.class);
  }

  private static void delete(Path path) throws IOException {
    try (Stream<Path> all = Files.walk(path)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    }
  }
}
