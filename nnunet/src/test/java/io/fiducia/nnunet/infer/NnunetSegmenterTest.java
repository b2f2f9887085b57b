package io.fiducia.nnunet.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FiduciaException.Kind;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.core.Case;
import io.fiducia.core.Segmentation;
import io.fiducia.learn.window.SlidingWindow.Accumulation;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nnunet.dataset.NnunetReader;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.torch.Device;
import io.fiducia.volume.FloatVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The models and label maps of {@link PredictorTest}, with images in memory. */
class NnunetSegmenterTest {
  private static final Path PEER = Path.of("src", "test", "resources", "peer");

  @TempDir
  Path folder;

  private NnunetSegmenter open(ModelFolder model) {
    return NnunetSegmenter.open(model, ModelOptions.on(Device.CPU), folder.resolve("scratch"));
  }

  private static Case images(ModelFolder model, Path folder) {
    RawCase files = RawDataset.images(folder, model.dataset()).get(0);
    NnunetReader reader = NnunetReader.named(model.plans().imageReaderWriter());
    return new Case(files.id(), files.images().stream()
        .map(f -> NiftiReader.read(f).as(reader.nifti().orElseThrow()).toFloatVolume(0)).toList());
  }

  private static Segmentation segment(NnunetSegmenter segmenter, Case images) {
    return segmenter.segment(images, Progress.none(), new Cancellation());
  }

  /** The labels that {@link Predictor} writes. */
  private static short[] predict(ModelFolder model, ModelOptions options, Path images,
      Optional<Path> previous, Path out) {
    assertThat(new Predictor(model, Predictor.Options.of(options).withPreviousStage(previous),
        Progress.none(), new Cancellation())
        .predict(RawDataset.images(images, model.dataset()), out)).isEmpty();
    return NiftiReader.read(out.resolve("case.nii.gz")).toLabelVolume().data();
  }

  /** Two channels, regions of two folds in a turned file, a 2D network. */
  @ParameterizedTest
  @ValueSource(strings = {"channels", "regions", "flat"})
  void segmentsAsThePredictorOfFiles(String name) throws IOException {
    Path top = PEER.resolve(name);
    ModelFolder model = ModelFolder.open(top.resolve("model"));
    try (NnunetSegmenter segmenter = open(model)) {
      Case images = images(model, top.resolve("images"));
      Segmentation found = segment(segmenter, images);
      assertThat(found.caseId()).isEqualTo("case");
      assertThat(found.geometry().sameGrid(images.geometry())).isTrue();
      assertThat(found.structures()).isEqualTo(segmenter.structures());
      assertThat(found.labelMap().orElseThrow().data())
          .isEqualTo(predict(model, ModelOptions.on(Device.CPU), top.resolve("images"),
              Optional.empty(), folder.resolve("out")));
      assertThat(found.provenance().details()).containsEntry("trainer", "nnUNetTrainer");
    }
    assertThat(folder.resolve("scratch")).doesNotExist();
  }

  /**
   * The first stage runs too. With half precision sums, as stock nnunetv2 has them, the label map is
   * that of stock nnunetv2's two stages; and it is that of predicting both stages by files.
   */
  @ParameterizedTest
  @EnumSource(Accumulation.class)
  void bothStagesOfACascadeRun(Accumulation accumulation) {
    Path top = PEER.resolve("cascade");
    ModelFolder model = ModelFolder.open(top.resolve("model"));
    ModelOptions options = ModelOptions.on(Device.CPU).withAccumulation(accumulation);
    Path images = top.resolve("images");
    Path previous = folder.resolve("previous");
    predict(ModelFolder.open(top.resolve("3d_lowres")), options, images, Optional.empty(),
        previous);
    short[] byFiles = predict(model, options, images, Optional.of(previous),
        folder.resolve("out"));
    short[] stock = NiftiReader.read(top.resolve("stock").resolve("case.nii.gz"))
        .toLabelVolume().data();
    try (NnunetSegmenter segmenter = NnunetSegmenter.open(model, options, folder)) {
      short[] found = segment(segmenter, images(model, images)).labelMap().orElseThrow().data();
      assertThat(found).isEqualTo(byFiles);
      int different = 0;
      for (int i = 0; i < found.length; i++) {
        different += found[i] == stock[i] ? 0 : 1;
      }
      // Of 11440 voxels; without the first stage it would be hundreds.
      assertThat(different).isLessThanOrEqualTo(accumulation == Accumulation.HALF ? 1 : 12);
    }
  }

  @Test
  void aCascadeWithoutItsFirstStageIsRefused() throws IOException {
    Path alone = folder.resolve("Trainer__plans__3d_cascade_fullres");
    copy(PEER.resolve("cascade").resolve("model"), alone);
    assertThatThrownBy(() -> open(ModelFolder.open(alone)))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(Kind.BAD_INPUT);
          assertThat(e.what()).contains("first stage");
          assertThat(e.where()).endsWith("Trainer__plans__3d_lowres");
        });
    copy(PEER.resolve("cascade").resolve("3d_lowres"),
        folder.resolve("Trainer__plans__3d_lowres"));
    open(ModelFolder.open(alone)).close();
  }

  /** Two plans that name each other as first stage would be opened without end. */
  @ParameterizedTest
  @ValueSource(strings = {"3d_cascade_fullres", "3d_lowres"})
  void aFirstStageThatNeedsAFirstStageItselfIsRefused(String previous) throws IOException {
    Path cascade = folder.resolve("Trainer__plans__3d_cascade_fullres");
    Path first = folder.resolve("Trainer__plans__3d_lowres");
    copy(PEER.resolve("cascade").resolve("model"), cascade);
    copy(PEER.resolve("cascade").resolve("3d_lowres"), first);
    Path plans = first.resolve("plans.json");
    String text = Files.readString(plans);
    String edited = text.replace("\"3d_lowres\": {",
        "\"3d_lowres\": { \"previous_stage\": \"" + previous + "\",");
    assertThat(edited).isNotEqualTo(text);
    Files.writeString(plans, edited);
    assertThatThrownBy(() -> open(ModelFolder.open(cascade)))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(Kind.BAD_INPUT);
          assertThat(e.where()).contains(plans.toString(), "previous_stage");
          assertThat(e.why()).contains("3d_lowres", previous);
        });
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.createDirectories(to.resolve(from.relativize(file).toString()).getParent());
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  /** As TotalSegmentator does with its five parts, whose networks see the same image. */
  @Test
  void aPreparedCaseIsSegmentedSeveralTimes() {
    Path top = PEER.resolve("regions");
    ModelFolder model = ModelFolder.open(top.resolve("model"));
    Case images = images(model, top.resolve("images"));
    float[] before = images.channels().get(0).data().clone();
    try (NnunetSegmenter segmenter = open(model);
        NnunetSegmenter one = NnunetSegmenter.open(model,
            ModelOptions.on(Device.CPU).withFolds(List.of("1")), folder)) {
      var ready = segmenter.prepare(images, Progress.none(), new Cancellation());
      float[] prepared = ready.data()[0].clone();
      short[] first = segmenter.labels(ready, Progress.none(), new Cancellation()).data();
      short[] other = one.labels(ready, Progress.none(), new Cancellation()).data();
      short[] again = segmenter.labels(ready, Progress.none(), new Cancellation()).data();
      assertThat(again).isEqualTo(first);
      assertThat(other).isNotEqualTo(first);
      assertThat(other).isEqualTo(segment(one, images).labelMap().orElseThrow().data());
      assertThat(ready.data()[0]).isEqualTo(prepared);
      assertThat(images.channels().get(0).data()).isEqualTo(before);
    }
  }

  /** A stop must not wait until the image is prepared: the preprocessing itself notices it. */
  @Test
  void aStopIsNoticedWhileAnImageIsPrepared() {
    Path top = PEER.resolve("flat");
    ModelFolder model = ModelFolder.open(top.resolve("model"));
    Case images = images(model, top.resolve("images"));
    Cancellation cancellation = new Cancellation();
    cancellation.cancel();
    List<ProgressEvent> events = new ArrayList<>();
    try (NnunetSegmenter segmenter = open(model)) {
      assertThatThrownBy(() -> segmenter.segment(images, events::add, cancellation))
          .isInstanceOfSatisfying(FiduciaException.class, e -> {
            assertThat(e.kind()).isEqualTo(Kind.CANCELLED);
            assertThat(e.what()).contains("preprocessing");
          });
    }
    assertThat(events).isEmpty();
  }

  @Test
  void aStopIsNoticedWhileTheNetworkRuns() throws IOException {
    Path top = PEER.resolve("flat");
    ModelFolder model = ModelFolder.open(top.resolve("model"));
    Cancellation cancellation = new Cancellation();
    List<ProgressEvent> events = new ArrayList<>();
    try (NnunetSegmenter segmenter = open(model)) {
      assertThatThrownBy(() -> segmenter.segment(images(model, top.resolve("images")), event -> {
        events.add(event);
        if (event instanceof ProgressEvent.Advanced) {
          cancellation.cancel();
        }
      }, cancellation)).isInstanceOfSatisfying(FiduciaException.class,
          e -> assertThat(e.kind()).isEqualTo(Kind.CANCELLED));
    }
    assertThat(events.getFirst()).isInstanceOf(ProgressEvent.Started.class);
    assertThat(events.getLast()).isInstanceOf(ProgressEvent.Finished.class);
  }

  /** Whatever happens inside: a closed model makes libtorch fail, a bad case the preparation. */
  @Test
  void nothingButFiduciaExceptionsIsThrown() {
    Path top = PEER.resolve("flat");
    ModelFolder model = ModelFolder.open(top.resolve("model"));
    Case images = images(model, top.resolve("images"));
    NnunetSegmenter segmenter = open(model);
    FloatVolume channel = images.channels().get(0);
    assertThatThrownBy(() -> segment(segmenter, new Case("two", List.of(channel, channel))))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(Kind.BAD_INPUT));
    segmenter.close();
    segmenter.close();
    assertThatThrownBy(() -> segment(segmenter, images))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(Kind.INTERNAL));
  }

  /** The plans name a reader that turns the image; another one leaves it as it is. */
  @Test
  void anotherReaderThanThePlansNameMayBeGiven() {
    Path top = PEER.resolve("regions");
    ModelFolder model = ModelFolder.open(top.resolve("model"));
    Case images = images(model, top.resolve("images"));
    try (NnunetSegmenter segmenter = open(model)) {
      var turned = segmenter.prepare(images, Progress.none(), new Cancellation());
      var asItIs = segmenter.prepare(images, "SimpleITKIO", Progress.none(), new Cancellation());
      assertThat(turned.properties().reader()).isEqualTo("SimpleITKIOWithReorient");
      assertThat(asItIs.properties().reader()).isEqualTo("SimpleITKIO");
      assertThat(asItIs.data()[0]).isNotEqualTo(turned.data()[0]);
      assertThat(segmenter.labels(asItIs, Progress.none(), new Cancellation()).geometry()
          .sameGrid(images.geometry())).isTrue();
      assertThatThrownBy(
          () -> segmenter.prepare(images, "OtherIO", Progress.none(), new Cancellation()))
          .isInstanceOfSatisfying(FiduciaException.class,
              e -> assertThat(e.kind()).isEqualTo(Kind.BAD_INPUT));
    }
  }
}
