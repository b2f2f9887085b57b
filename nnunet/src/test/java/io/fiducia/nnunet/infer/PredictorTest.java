package io.fiducia.nnunet.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.learn.window.SlidingWindow;
import io.fiducia.learn.window.SlidingWindow.Accumulation;
import io.fiducia.nifti.NiftiReader;
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
import java.util.List;
import java.util.Optional;
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
    return new Predictor.Options(0.5, true, accumulation, List.of(), "checkpoint_final.pth",
        Device.CPU, true).withPreviousStage(
            Optional.of(top.resolve("previous"))
                .filter(Files::isDirectory));
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
    assertThat(ours.geometry().matches(theirs.geometry(), 1e-4)).isTrue();
    int different = 0;
    int labelled = 0;
    for (int i = 0; i < ours.data().length; i++) {
      different += ours.data()[i] == theirs.data()[i] ? 0 : 1;
      labelled += theirs.data()[i] > 0 ? 1 : 0;
    }
    assertThat(labelled).isBetween(1000, 3000);
    // Of 11440 voxels: ten thousandths are one.
    assertThat(different).isLessThanOrEqualTo(1);
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
    try (ProbabilityFile.Reading reading = file.open()) {
      assertThat(reading.classes()).isEqualTo(model.dataset().labelSet().outputs());
      for (int c = 0; c < reading.classes(); c++) {
        classes.add(reading.next());
      }
    }
    boolean regions = model.dataset().labelSet().hasRegions();
    int[] counts = new int[3];
    for (int i = 0; i < classes.get(0).length; i++) {
      int label = 0;
      double sum = 0;
      for (int c = 0; c < classes.size(); c++) {
        float p = classes.get(c)[i];
        sum += p;
        if (regions ? p > 0.5 : p > classes.get(label)[i]) {
          label = regions ? c + 1 : c;
        }
      }
      counts[label]++;
      assertThat(regions || Math.abs(sum - 1) < 1e-5).isTrue();
    }
    int[] expected = new int[3];
    for (short label : map(out).data()) {
      expected[label]++;
    }
    assertThat(counts).isEqualTo(expected);
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
        java.util.Arrays.copyOf(bytes, bytes.length / 2));
    ModelFolder model = ModelFolder.open(top.resolve("model"));
    List<Predictor.Failure> failures = new Predictor(model,
        options(top, Accumulation.SINGLE), Progress.none(), new Cancellation())
        .predict(RawDataset.images(images, model.dataset()), out);
    assertThat(failures).singleElement()
        .satisfies(f -> assertThat(f.caseId()).isEqualTo("broken"));
    assertThat(out.resolve("case.nii.gz")).exists();
    assertThat(out.resolve("broken.nii.gz")).doesNotExist();
  }
}
