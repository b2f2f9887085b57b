package io.fiducia.nnunet.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which checkpoint means what follows from nnU-Net's run_training: latest, else best. */
class TrainingCheckpointsTest {
  @TempDir
  private Path fold;

  private TrainingCheckpoints with(String... names) throws IOException {
    for (String name : names) {
      Files.writeString(fold.resolve(name), "");
    }
    return new TrainingCheckpoints(fold);
  }

  @Test
  void anEmptyOrMissingFolderHoldsNothing() throws IOException {
    for (TrainingCheckpoints c : new TrainingCheckpoints[]{with(),
      new TrainingCheckpoints(fold.resolve("missing"))}) {
      assertThat(c.existing()).isEmpty();
      assertThat(c.trained()).isFalse();
      assertThat(c.finished()).isFalse();
      assertThat(c.toResumeFrom()).isEmpty();
    }
  }

  /** nnU-Net writes the latest only every 50 epochs. */
  @Test
  void theBestAloneIsATrainingThatWasBegun() throws IOException {
    TrainingCheckpoints c = with("checkpoint_best.pth");
    assertThat(c.existing()).containsExactly(fold.resolve("checkpoint_best.pth"));
    assertThat(c.toResumeFrom()).contains(fold.resolve("checkpoint_best.pth"));
    assertThat(c.trained()).isFalse();
    assertThat(c.finished()).isFalse();
  }

  @Test
  void theLatestGoesBeforeTheBest() throws IOException {
    assertThat(with("checkpoint_best.pth", "checkpoint_latest.pth").toResumeFrom())
        .contains(fold.resolve("checkpoint_latest.pth"));
  }

  @Test
  void nnunetRemovesTheLatestAtTheEnd() throws IOException {
    assertThat(with("checkpoint_final.pth", "checkpoint_best.pth").finished()).isTrue();
    TrainingCheckpoints all = with("checkpoint_latest.pth");
    assertThat(all.finished()).isFalse();
    assertThat(all.trained()).isTrue();
    assertThat(all.existing()).containsExactly(fold.resolve("checkpoint_final.pth"),
        fold.resolve("checkpoint_best.pth"), fold.resolve("checkpoint_latest.pth"));
  }

  @Test
  void removingLeavesOtherFiles() throws IOException {
    with("checkpoint_final.pth", "checkpoint_latest.pth", "progress.png").remove();
    assertThat(fold.resolve("progress.png")).exists();
    assertThat(new TrainingCheckpoints(fold).existing()).isEmpty();
  }
}
