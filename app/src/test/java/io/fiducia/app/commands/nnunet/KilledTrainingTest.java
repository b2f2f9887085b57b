package io.fiducia.app.commands.nnunet;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.app.Main;
import io.fiducia.testing.SyntheticDataset;
import io.fiducia.torch.checkpoint.CheckpointReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that trains, killed (not asked to stop) at random moments. */
@Tag("long")
class KilledTrainingTest {
  private static final String NAME = "Dataset902_Balls";
  private static final int KILLS = 10;

  @TempDir
  private Path folder;

  @Test
  void resumesToTheBitsOfATrainingThatWasNotKilled() throws Exception {
    SyntheticDataset.write(folder.resolve("raw").resolve(NAME), 6);
    Map<String, String> prepare = environment("whole");
    for (String[] args : new String[][]{{"nnunet", "plan", "-d", "902"},
      {"nnunet", "preprocess", "-d", "902", "-c", "3d_fullres", "-np", "2"}}) {
      CommandLineFixture step = CommandLineFixture.run(prepare, args);
      assertThat(step.exitCode()).as(step.err()).isZero();
    }
    long start = System.nanoTime();
    Process whole = train("whole");
    assertThat(whole.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(whole.exitValue()).as(Files.readString(folder.resolve("whole.txt"))).isZero();
    long millis = (System.nanoTime() - start) / 1_000_000;

    long seed = System.nanoTime();
    Random moments = new Random(seed);
    int killed = 0;
    for (int i = 0; i < KILLS; i++) {
      Process process = train("killed");
      if (!process.waitFor(moments.nextLong(millis / 8, millis), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
        killed++;
      }
      everyCheckpointIsReadable("killed", seed);
    }
    assertThat(killed).as("seed %d", seed).isPositive();
    Process last = train("killed");
    assertThat(last.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(last.exitValue()).as(Files.readString(folder.resolve("killed.txt"))).isZero();
    assertThat(hashes("killed")).as("seed %d", seed).isEqualTo(hashes("whole"));
  }

  /** {@code --c} before anything was saved begins anew, with a warning. */
  private Process train(String results) throws IOException {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g",
        "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
        Main.class.getName(), "nnunet", "train", "902", "3d_fullres", "0", "--epochs", "3",
        "--iterations", "4", "--threads", "1", "--device", "cpu", "--c"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(folder.resolve(results + ".txt").toFile());
    builder.environment().putAll(environment(results));
    return builder.start();
  }

  private Map<String, String> environment(String results) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("nnUNet_raw", folder.resolve("raw").toString());
    variables.put("nnUNet_preprocessed", folder.resolve("preprocessed").toString());
    variables.put("nnUNet_results", folder.resolve(results).toString());
    return variables;
  }

  private Path fold(String results) {
    return folder.resolve(results).resolve(NAME)
        .resolve("nnUNetTrainer__nnUNetPlans__3d_fullres").resolve("fold_0");
  }

  private void everyCheckpointIsReadable(String results, long seed) throws IOException {
    if (!Files.isDirectory(fold(results))) {
      return;
    }
    try (Stream<Path> files = Files.list(fold(results))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".pth")).toList()) {
        assertThat(CheckpointReader.read(file).tensors()).as("%s, seed %d", file, seed)
            .isNotEmpty();
      }
    }
  }

  private Map<String, String> hashes(String results) {
    Map<String, String> hashes = new LinkedHashMap<>();
    CheckpointReader.read(fold(results).resolve("checkpoint_final.pth")).tensors()
        .forEach((name, tensor) -> hashes.put(name, tensor.sha256()));
    assertThat(hashes).isNotEmpty();
    return hashes;
  }
}
