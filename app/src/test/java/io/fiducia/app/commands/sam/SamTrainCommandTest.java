package io.fiducia.app.commands.sam;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.testing.SyntheticDataset;
import io.fiducia.torch.checkpoint.Checkpoint;
import io.fiducia.torch.checkpoint.CheckpointReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamTrainCommandTest {
  @TempDir
  private Path folder;

  private CommandLineFixture train(String out, String... more) throws IOException {
    Path data = folder.resolve("Dataset001_Balls");
    if (!Files.exists(data)) {
      SyntheticDataset.write(data, 3);
    }
    List<String> args = new ArrayList<>(List.of("sam", "train", "-o",
        folder.resolve(out).toString(), "--dataset", data.toString(), "--device", "cpu"));
    args.addAll(List.of(more));
    return CommandLineFixture.run(args.toArray(String[]::new));
  }

  /** Trains, goes on with pictures of another size, and segments with the result. */
  @Test
  void weightsCanBeUsedAndTrainedOn() throws IOException {
    CommandLineFixture first = train("small", "--size", "64", "--batch", "1", "--iterations", "1",
        "--seed", "3");
    assertThat(first.exitCode()).as(first.err()).isZero();
    Path weights = folder.resolve("small/weights.safetensors");
    // The bound that the weights must keep to be shipped.
    assertThat(Files.size(weights)).isLessThan(12_000_000);
    CommandLineFixture second = train("large", "--size", "96", "--batch", "1", "--iterations", "1",
        "--init", weights.toString());
    assertThat(second.exitCode()).as(second.err()).isZero();
    Checkpoint read = CheckpointReader.read(folder.resolve("large/weights.safetensors"));
    assertThat(read.metadata()).containsEntry("model", "compact");
    assertThat(read.tensors().get("image_encoder.pos_embed").shape())
        .containsExactly(1, 24, 24, 128);
    CommandLineFixture used = CommandLineFixture.run("sam", "segment", "--device", "cpu",
        "--weights", folder.resolve("large").toString(), "--image",
        SyntheticDataset.image(folder.resolve("Dataset001_Balls"), 0).toString(), "--slice", "9",
        "--box", "2", "3", "10", "11", "-o", folder.resolve("out").toString());
    assertThat(used.exitCode()).as(used.err()).isZero();
    assertThat(NiftiReader.read(folder.resolve("out/ball_0_0000.nii.gz")).toFloatVolume(0).data())
        .containsOnly(0, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--size 70 --iterations 1", "--size 32 --iterations 1",
    "--iterations 1 --minutes 1", "--seed 1", "--iterations 0", "--minutes NaN",
    "--label-maps 0.7 --superpixels 0.7 --iterations 1", "--batch 0 --iterations 1",
    "--learning-rate 2 --iterations 1"})
  void impossibleOptionsAreRefused(String options) throws IOException {
    assertThat(train("out", options.split(" ")).exitCode()).isEqualTo(2);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void aDamagedFileIsNamed() throws IOException {
    Path none = folder.resolve("none.pth");
    Files.write(none, new byte[]{1, 2, 3});
    CommandLineFixture result = train("out", "--iterations", "1", "--init", none.toString());
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err()).contains("none.pth");
  }
}
