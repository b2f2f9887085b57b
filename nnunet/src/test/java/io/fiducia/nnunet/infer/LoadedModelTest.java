package io.fiducia.nnunet.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.torch.Device;
import io.fiducia.torch.TorchScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
