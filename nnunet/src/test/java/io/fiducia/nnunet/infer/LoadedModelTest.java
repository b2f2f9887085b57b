package io.fiducia.nnunet.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.base.SeededRandom;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.learn.window.SlidingWindow;
import io.fiducia.learn.window.SlidingWindow.Accumulation;
import io.fiducia.learn.window.SumMemory;
import io.fiducia.nnunet.cases.CaseImages;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Device;
import io.fiducia.torch.TorchScope;
import io.fiducia.volume.FloatVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoadedModelTest {
  private static final Path TOP = Path.of("src", "test", "resources", "peer", "regions");

  @TempDir
  Path folder;

  private static double firstWeights(UNet network) {
    try (TorchScope scope = TorchScope.open("test")) {
      return network.parameters().get(0).tensor().sum().item();
    }
  }

  /** Whatever stops the third network, the memory of the first two is given back. */
  @Test
  void aFailureWhileAFoldLoadsClosesTheOthers() {
    ModelFolder model = ModelFolder.open(TOP.resolve("model"));
    ModelOptions options = ModelOptions.on(Device.CPU).withFolds(List.of("0", "1", "0"));
    ChosenFolds chosen = ChosenFolds.read(model, options.weights());
    List<UNet> networks = new ArrayList<>();
    assertThatThrownBy(() -> LoadedModel.open(chosen, options, fold -> {
      if (networks.size() == 2) {
        assertThat(networks).allSatisfy(n -> assertThat(firstWeights(n)).isFinite());
        throw new IllegalStateException("the third fold");
      }
      networks.add(UNet.create(chosen.configuration().architecture(), chosen.inputs(), 2,
          Device.CPU, 0));
      return networks.getLast();
    })).isInstanceOf(IllegalStateException.class).hasMessage("the third fold");
    assertThat(networks).hasSize(2).allSatisfy(
        n -> assertThatThrownBy(() -> firstWeights(n)).hasMessageContaining("used after"));
  }

  @Test
  void logitsComePlaneByPlaneOnThePreparedGrid() {
    ModelFolder model = ModelFolder.open(TOP.resolve("model"));
    try (LoadedModel loaded = LoadedModel.open(model, ModelOptions.on(Device.CPU))) {
      PreprocessedCase ready = loaded.preprocessor().runInference(
          RawDataset.images(TOP.resolve("images"), model.dataset()).get(0), Progress.none(),
          new Cancellation());
      List<Integer> planes = new ArrayList<>();
      loaded.logits(ready, (z, logits) -> {
        planes.add(z);
        assertThat(logits).hasSize(2 * ready.shape()[1] * ready.shape()[2]);
      }, new LoadedModel.Work(folder, Progress.none(), new Cancellation()));
      assertThat(planes).isEqualTo(IntStream.range(0, ready.shape()[0]).boxed().toList());
    }
  }

  /** The model of one CT channel with nine outputs of four features, in a folder of its own. */
  private ChosenFolds manyOutputs() throws IOException {
    Path top = Files.createDirectories(folder.resolve("model"));
    String labels = IntStream.rangeClosed(1, 8).mapToObj(i -> "\"organ" + i + "\": " + i)
        .collect(Collectors.joining(", "));
    Files.writeString(top.resolve("dataset.json"),
        "{\"channel_names\": {\"0\": \"CT\"}, \"labels\": {\"background\": 0, " + labels
            + "}, \"numTraining\": 1, \"file_ending\": \".nii.gz\"}");
    Files.writeString(top.resolve("plans.json"),
        Files.readString(TOP.resolve("model").resolve("plans.json"))
            .replace("ZScoreNormalization", "CTNormalization")
            .replace("\"percentile_00_5\": 0.0", "\"percentile_00_5\": -900.0"));
    ModelFolder model = ModelFolder.open(top);
    return new ChosenFolds(model, List.of(new ModelFolder.Fold(top, "3d_fullres", "", List.of(0, 2),
        Map.of())), model.plans().configuration("3d_fullres"));
  }

  private static UNet network(ChosenFolds chosen) {
    return UNet.create(chosen.configuration().architecture(), 1, 9, Device.CPU, 5);
  }

  /** A body of noise in air; shape 40x20x20, more than one patch of 16 in every axis. */
  private static PreprocessedCase body(LoadedModel loaded) {
    Geometry grid = new Geometry(new Size(20, 20, 40), new Vec3(1, 1, 1.3), new Vec3(0, 0, 0),
        Mat3.IDENTITY);
    float[] data = new float[16000];
    SeededRandom random = SeededRandom.of(1, "body");
    for (int i = 0; i < data.length; i++) {
      data[i] = i < 12800 ? -1000 - 10 * random.nextFloat() : 900 * random.nextFloat() - 450;
    }
    return loaded.preprocessor().run(CaseImages.of("body", "SimpleITKIO",
        List.of(new CaseImages.Named<>("body", new FloatVolume(grid, data))), Optional.empty()));
  }

  private float[][] logits(LoadedModel loaded, PreprocessedCase c) {
    float[][] planes = new float[c.shape()[0]][];
    loaded.logits(c, (z, plane) -> planes[z] = plane.clone(),
        new LoadedModel.Work(folder, Progress.none(), new Cancellation()));
    return planes;
  }

  /**
   * Averaged features, then the last layer, against the definition: logits of every patch, averaged. The
   * network has 9 outputs and 4 features; two folds are averaged by their logits.
   */
  @Test
  void logitsOfAveragedFeaturesAreAveragedLogits() throws IOException {
    ChosenFolds chosen = manyOutputs();
    ModelOptions options = ModelOptions.on(Device.CPU);
    ChosenFolds twice = new ChosenFolds(chosen.model(),
        List.of(chosen.folds().get(0), chosen.folds().get(0)), chosen.configuration());
    try (LoadedModel one = LoadedModel.open(chosen, options, f -> network(chosen));
        LoadedModel same = LoadedModel.open(twice, options, f -> network(chosen))) {
      assertThat(one.bytes()).isPositive().isEqualTo(same.bytes() / 2);
      PreprocessedCase c = body(one);
      float[][] found = logits(one, c);
      float[][] expected = logits(same, c);
      float largest = 0;
      for (float[] plane : expected) {
        for (float v : plane) {
          largest = Math.max(largest, Math.abs(v));
        }
      }
      for (int z = 0; z < found.length; z++) {
        assertThat(found[z]).hasSize(9 * 20 * 20).containsExactly(expected[z],
            within(1e-6f * largest));
      }
    }
  }

  /**
   * Features of a patch, then the last layer for some planes at a time, against the definition: logits of
   * whole patches, summed in half precision. Two folds; every bit is the same.
   */
  @Test
  void inHalfPrecisionLogitsOfFeaturesAreTheNetworksOwn() throws IOException {
    ChosenFolds chosen = manyOutputs();
    ModelOptions half = ModelOptions.on(Device.CPU).withMirroring(false)
        .withAccumulation(Accumulation.HALF);
    ChosenFolds twice = new ChosenFolds(chosen.model(),
        List.of(chosen.folds().get(0), chosen.folds().get(0)), chosen.configuration());
    SlidingWindow window = new SlidingWindow(new int[]{16, 16, 16}, 0.5, List.of(),
        Accumulation.HALF);
    try (LoadedModel loaded = LoadedModel.open(twice, half, f -> network(chosen));
        UNet whole = network(chosen);
        Autograd.Guard off = Autograd.noGrad()) {
      PreprocessedCase c = body(loaded);
      float[][] expected = new float[c.shape()[0]][];
      SlidingWindow.Network network = x -> whole.forward(x, false).get(0);
      window.predict(new SlidingWindow.Image(c.data(), c.shape()),
          SlidingWindow.Networks.ofLogits(9, List.of(network, network)),
          (z, plane) -> expected[z] = plane.clone(),
          new SlidingWindow.Run(SumMemory.unlimited(Device.CPU), done -> {}, new Cancellation()));
      assertThat(logits(loaded, c)).isDeepEqualTo(expected);
    }
  }

  /** Patches of air are left out: their voxels are background, the body's end keeps its values. */
  @ParameterizedTest
  @EnumSource(Accumulation.class)
  void patchesWithoutAnyBodyAreBackground(Accumulation accumulation) throws IOException {
    ChosenFolds chosen = manyOutputs();
    ModelOptions all = ModelOptions.on(Device.CPU).withAccumulation(accumulation)
        .withMirroring(accumulation == Accumulation.SINGLE);
    try (LoadedModel strict = LoadedModel.open(chosen, all, f -> network(chosen));
        LoadedModel quick = LoadedModel.open(chosen, all.withEmptyBelow(-500),
            f -> network(chosen))) {
      PreprocessedCase c = body(strict);
      assertThat(c.shape()).containsExactly(40, 20, 20);
      float[][] expected = logits(strict, c);
      float[][] found = logits(quick, c);
      // Patches start at 0, 8, 16 and 24 along z; the body starts at 32.
      assertThat(strict.patches(c)).isEqualTo(4 * 2 * 2);
      assertThat(quick.patches(c)).isEqualTo(1 * 2 * 2);
      for (int i = 0; i < 400; i++) {
        for (int z = 0; z < 24; z++) {
          assertThat(found[z][i]).isEqualTo(20);
          assertThat(found[z][8 * 400 + i]).isEqualTo(0);
        }
      }
      for (int z = 32; z < 40; z++) {
        // Adding the 0 of uncovered voxels turns -0 into 0; all other bits are the same.
        assertThat(found[z]).containsExactly(expected[z], within(0f));
      }
    }
  }
}
