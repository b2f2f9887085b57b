package io.fiducia.app.commands.nnunet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.testing.SyntheticDataset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A training that changes hands: begun here, gone on with by nnU-Net's trainer, and back; weights of
 * either side as the other's pretrained ones; one folder of preprocessed npz cases for both. Needs a
 * Python with nnunetv2 2.8.1, named by fiducia.peer.python or FIDUCIA_PEER_PYTHON.
 */
@Tag("long")
class TrainingInterchangeTest {
  private static final String NAME = "Dataset903_Balls";
  private static final String MODEL = "nnUNetTrainer__nnUNetPlans__3d_fullres";

  @TempDir
  private Path folder;

  @Test
  void trainingsChangeHands() throws Exception {
    Optional<String> python = Optional.ofNullable(System.getProperty("fiducia.peer.python"))
        .or(() -> Optional.ofNullable(System.getenv("FIDUCIA_PEER_PYTHON")));
    assumeTrue(python.isPresent(), "fiducia.peer.python names no Python with nnunetv2");
    SyntheticDataset.write(folder.resolve("raw").resolve(NAME), 6);
    ours("plan", "-d", "903");
    ours("preprocess", "-d", "903", "-c", "3d_fullres", "--format", "npz");

    train("0", "2");
    Files.delete(fold(0).resolve("checkpoint_final.pth"));
    assertThat(theirs(python.get(), "0", "3", "--c")).contains("continues at epoch 2");
    assertThat(losses("0")).isEqualTo(3);

    // nnU-Net removes its latest state at the end, and a finished fold is not begun again.
    Files.move(fold(0).resolve("checkpoint_final.pth"), fold(0).resolve("checkpoint_latest.pth"));
    train("0", "4", "--c");
    assertThat(losses("0")).isEqualTo(4);

    theirs(python.get(), "1", "1", "--pretrained",
        fold(0).resolve("checkpoint_final.pth").toString());
    train("2", "1", "-pretrained_weights", fold(1).resolve("checkpoint_final.pth").toString());
  }

  private Path fold(int number) {
    return folder.resolve("results").resolve(NAME).resolve(MODEL).resolve("fold_" + number);
  }

  /** Epochs in the log of a fold's final checkpoint. */
  private int losses(String fold) {
    return ((List<?>) io.fiducia.torch.checkpoint.CheckpointReader
        .read(fold(Integer.parseInt(fold)).resolve("checkpoint_final.pth"))
        .value("logging", "train_losses").orElseThrow()).size();
  }

  private void train(String fold, String epochs, String... more) {
    List<String> args = new ArrayList<>(List.of("train", "903", "3d_fullres", fold, "--epochs",
        epochs, "--iterations", "2", "--device", "cpu"));
    args.addAll(List.of(more));
    ours(args.toArray(String[]::new));
  }

  private void ours(String... args) {
    List<String> words = new ArrayList<>(List.of("nnunet"));
    words.addAll(List.of(args));
    CommandLineFixture run = CommandLineFixture.run(environment(), words.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  private String theirs(String python, String fold, String epochs, String... more)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(python,
        Path.of("../nnunet/src/test/peer/train_upstream.py").toAbsolutePath().toString(), NAME,
        "nnUNetPlans", "3d_fullres", fold, epochs, "2"));
    command.addAll(List.of(more));
    Path log = folder.resolve("peer.txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(log.toFile());
    builder.environment().putAll(environment());
    assertThat(builder.start().waitFor()).as(() -> text(log)).isZero();
    return text(log);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }

  private Map<String, String> environment() {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("nnUNet_raw", folder.resolve("raw").toString());
    variables.put("nnUNet_preprocessed", folder.resolve("preprocessed").toString());
    variables.put("nnUNet_results", folder.resolve("results").toString());
    variables.put("nnUNet_n_proc_DA", "0");
    variables.put("nnUNet_def_n_proc", "1");
    return variables;
  }
}
