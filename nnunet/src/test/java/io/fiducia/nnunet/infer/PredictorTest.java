package io.fiducia.nnunet.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import io.fiducia.learn.window.SlidingWindow.Accumulation;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nnunet.cases.CaseExport;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.store.ProbabilityFile;
import io.fiducia.torch.Device;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tiny models that nnunetv2's code made, and the label maps that stock nnunetv2 2.8.1 predicted with
 * them; {@code src/test/peer/make_fixtures.py} makes both. Among them: two channels with a nonzero
 * crop and transposed axes, regions of two folds in a turned file, a 2D network, a cascade.
 */
class PredictorTest {
  private static final Path PEER = Path.of("src", "test", "resources", "peer");

  @TempDir
  Path out;

  private static Predictor.Options options(Path top, Accumulation accumulation) {
    return Predictor.Options.of(ModelOptions.on(Device.CPU).withAccumulation(accumulation))
        .withOverwrite(true)
        .withPreviousStage(Optional.of(top.resolve("previous")).filter(Files::isDirectory));
  }

  private void predict(Path top, ModelFolder model, Predictor.Options options) {
    List<RawCase> cases = RawDataset.images(top.resolve("images"), model.dataset());
    assertThat(new Predictor(model, options, Progress.none(), new Cancellation())
        .predict(cases, out)).isEmpty();
  }

  private static LabelVolume map(Path folder) {
    return NiftiReader.read(folder.resolve("case.nii.gz")).toLabelVolume();
  }

  @ParameterizedTest
  @CsvSource({"channels,HALF,stock", "regions,HALF,stock", "flat,HALF,stock", "cascade,HALF,stock",
    "channels,SINGLE,single", "regions,SINGLE,single", "flat,SINGLE,single",
    "cascade,SINGLE,single"})
  void predictsWhatUpstreamPredicts(String name, Accumulation accumulation, String expected) {
    Path top = PEER.resolve(name);
    predict(top, ModelFolder.open(top.resolve("model")), options(top, accumulation));
    LabelVolume theirs = map(top.resolve(expected));
    LabelVolume ours = map(out);
    assertThat(ours.geometry().sameGrid(theirs.geometry())).isTrue();
    int labelled = 0;
    for (short label : theirs.data()) {
      labelled += label > 0 ? 1 : 0;
    }
    assertThat(labelled).isBetween(1000, 3000);
    // Of 11440 voxels: ten thousandths are one.
    assertThat(differences(ours, theirs)).isLessThanOrEqualTo(1);
  }

  /** The number of voxels whose labels differ. */
  private static int differences(LabelVolume a, LabelVolume b) {
    assertThat(a.data()).hasSameSizeAs(b.data());
    int different = 0;
    for (int i = 0; i < a.data().length; i++) {
      different += a.data()[i] == b.data()[i] ? 0 : 1;
    }
    return different;
  }

  @ParameterizedTest
  @ValueSource(strings = {"channels", "regions"})
  void probabilitiesAreThoseThatLabelsComeFrom(String name) {
    Path top = PEER.resolve(name);
    ModelFolder model = ModelFolder.open(top.resolve("model"));
    predict(top, model, options(top, Accumulation.SINGLE).withProbabilities(true));
    ProbabilityFile file = new ProbabilityFile(out, "case");
    assertThat(file.properties()).exists();
    List<float[]> classes = new ArrayList<>();
    int[] shape;
    try (ProbabilityFile.Reading reading = file.open()) {
      assertThat(reading.classes()).isEqualTo(model.dataset().labelSet().outputs());
      shape = reading.shape();
      for (int c = 0; c < reading.classes(); c++) {
        classes.add(reading.next());
      }
    }
    boolean regions = model.dataset().labelSet().hasRegions();
    short[] labels = new short[classes.get(0).length];
    for (int i = 0; i < labels.length; i++) {
      double sum = 0;
      for (int c = 0; c < classes.size(); c++) {
        float p = classes.get(c)[i];
        sum += p;
        if (regions ? p > 0.5 : p > classes.get(labels[i])[i]) {
          labels[i] = (short) (regions ? c + 1 : c);
        }
      }
      assertThat(regions || Math.abs(sum - 1) < 1e-5).isTrue();
    }
    LabelVolume written = map(out);
    LabelVolume expected = CaseExport.arrayToFile(labels, shape, written.geometry(),
        model.plans().imageReaderWriter(), "probabilities");
    assertThat(differences(written, expected)).isZero();
    try (var left = Files.list(out)) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("case.nii.gz", "case.npz", "case.pkl");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aCascadeNeedsItsPreviousStage() {
    Path top = PEER.resolve("cascade");
    ModelFolder model = ModelFolder.open(top.resolve("model"));
    assertThatThrownBy(() -> predict(top, model,
        options(top, Accumulation.SINGLE).withPreviousStage(Optional.empty())))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.USAGE);
          assertThat(e.advice()).contains("-prev_stage_predictions", "3d_lowres");
        });
    ModelFolder plain = ModelFolder.open(PEER.resolve("flat").resolve("model"));
    assertThatThrownBy(() -> predict(top, plain, options(top, Accumulation.SINGLE)))
        .hasMessageContaining("takes no prediction of a previous stage");
  }

  @Test
  void weightsOfAnotherArchitectureAreNamed() throws IOException {
    Path mixed = out.resolve("mixed");
    Files.createDirectories(mixed.resolve("fold_0"));
    Path cascade = PEER.resolve("cascade").resolve("model");
    for (String name : List.of("plans.json", "dataset.json", "fold_0/checkpoint_final.pth")) {
      Files.copy(cascade.resolve(name), mixed.resolve(name));
    }
    String plans = Files.readString(mixed.resolve("plans.json"));
    // Wider stages, and one that the network does not have.
    Files.writeString(mixed.resolve("plans.json"),
        plans.replaceAll("(\"features_per_stage\": \\[\\s*)4", "$16"));
    Path top = PEER.resolve("cascade");
    assertThatThrownBy(() -> predict(top, ModelFolder.open(mixed),
        options(top, Accumulation.SINGLE)))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.getMessage()).contains("weights do not fit the network",
              "encoder.stages.0.0.convs.0.conv.weight expected [6, 3, 3, 3, 3] found"
                  + " [4, 3, 3, 3, 3]");
        });
  }

  @Test
  void aCaseThatFailsDoesNotStopTheOthers() throws IOException {
    Path top = PEER.resolve("flat");
    Path images = out.resolve("images");
    Files.createDirectories(images);
    Path image = top.resolve("images").resolve("case_0000.nii.gz");
    Files.copy(image, images.resolve("case_0000.nii.gz"), StandardCopyOption.REPLACE_EXISTING);
    byte[] bytes = Files.readAllBytes(image);
    Files.write(images.resolve("broken_0000.nii.gz"),
        Arrays.copyOf(bytes, bytes.length / 2));
    ModelFolder model = ModelFolder.open(top.resolve("model"));
    List<Predictor.Failure> failures = new Predictor(model,
        options(top, Accumulation.SINGLE), Progress.none(), new Cancellation())
        .predict(RawDataset.images(images, model.dataset()), out);
    assertThat(failures).singleElement()
        .satisfies(f -> assertThat(f.caseId()).isEqualTo("broken"));
    assertThat(out.resolve("case.nii.gz")).exists();
    assertThat(out.resolve("broken.nii.gz")).doesNotExist();
  }

  /** Outputs that an interrupted program left are made again; whole ones are not touched. */
  @Test
  void damagedOutputsArePredictedAgain() throws IOException {
    Path top = PEER.resolve("flat");
    ModelFolder model = ModelFolder.open(top.resolve("model"));
    Predictor.Options goOn = options(top, Accumulation.SINGLE).withOverwrite(false)
        .withProbabilities(true);
    predict(top, model, goOn);
    LabelVolume first = map(out);
    for (String name : List.of("case.nii.gz", "case.npz", "case.pkl")) {
      Path file = out.resolve(name);
      byte[] whole = Files.readAllBytes(file);
      for (int length : new int[]{0, whole.length / 2, whole.length - 1}) {
        Files.write(file, Arrays.copyOf(whole, length));
        assertThat(warnings(top, model, goOn)).as(name + " of " + length + " bytes")
            .singleElement().asString().contains(name, "predicted again");
        assertThat(Files.readAllBytes(file)).isEqualTo(whole);
        assertThat(differences(map(out), first)).isZero();
      }
    }
    assertThat(warnings(top, model, goOn)).isEmpty();
    // A file that is whole is left, whatever it holds.
    Path other = PEER.resolve("channels").resolve("single").resolve("case.nii.gz");
    Files.copy(other, out.resolve("case.nii.gz"), StandardCopyOption.REPLACE_EXISTING);
    assertThat(warnings(top, model, goOn)).isEmpty();
    assertThat(Files.readAllBytes(out.resolve("case.nii.gz")))
        .isEqualTo(Files.readAllBytes(other));
  }

  @Test
  void whatIsDoubtfulAboutAnImageIsAWarning() throws IOException {
    Path top = PEER.resolve("flat");
    Path images = Files.createDirectories(out.resolve("doubtful").resolve("images"));
    byte[] bytes;
    try (var in = new GZIPInputStream(
        Files.newInputStream(top.resolve("images").resolve("case_0000.nii.gz")))) {
      bytes = in.readAllBytes();
    }
    bytes[72] = 64; // bitpix
    Path image = images.resolve("case_0000.nii.gz");
    try (var file = new GZIPOutputStream(Files.newOutputStream(image))) {
      file.write(bytes);
    }
    assertThat(warnings(images.getParent(), ModelFolder.open(top.resolve("model")),
        options(top, Accumulation.SINGLE)))
        .singleElement().asString().startsWith(image + ": bitpix is 64");
  }

  private List<String> warnings(Path top, ModelFolder model, Predictor.Options options) {
    List<String> warnings = new ArrayList<>();
    Progress progress = event -> {
      if (event instanceof ProgressEvent.Warning w) {
        warnings.add(w.text());
      }
    };
    assertThat(new Predictor(model, options, progress, new Cancellation())
        .predict(RawDataset.images(top.resolve("images"), model.dataset()), out)).isEmpty();
    return warnings;
  }
}
