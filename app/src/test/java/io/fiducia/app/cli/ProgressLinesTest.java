package io.fiducia.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.ProgressEvent;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLinesTest {
  private static final long SECOND = 1_000_000_000L;
  private final AtomicLong clock = new AtomicLong();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private ProgressLines lines(boolean quiet, boolean terminal) {
    return new ProgressLines(
        new PrintStream(bytes, true, StandardCharsets.UTF_8),
        new Console.Style(quiet, terminal, false, 100),
        clock::get);
  }

  private String run(ProgressLines lines) {
    lines.started(new ProgressEvent.Started("train", 100, "steps"));
    for (int i = 1; i <= 100; i++) {
      clock.addAndGet(SECOND);
      lines.advanced(new ProgressEvent.Advanced("train", i, "loss 0.5"));
    }
    lines.finished(new ProgressEvent.Finished("train"));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aLogGetsALineEveryHalfMinute() {
    assertThat(run(lines(false, false)).lines()).containsExactly(
        "train  30 %  30/100 steps, 1:10 left  loss 0.5",
        "train  60 %  60/100 steps, 0:40 left  loss 0.5",
        "train  90 %  90/100 steps, 0:10 left  loss 0.5",
        "train: done, 100 steps in 1:40");
  }

  @Test
  void aTerminalGetsOneBarThatIsRedrawn() {
    String text = run(lines(false, true));
    assertThat(text).contains("train [############............]  50 %  50/100 steps, 0:50 left");
    assertThat(text).doesNotContain("left\n")
        .endsWith("\r\u001b[Ktrain: done, 100 steps in 1:40\n");
  }

  @Test
  void aTaskWithoutUnitThatGoesOnTellsItsOwnSpeed() {
    ProgressLines lines = lines(false, false);
    lines.started(new ProgressEvent.Started("train", 1000, ""));
    for (int i = 501; i <= 510; i++) {
      clock.addAndGet(4 * SECOND);
      lines.advanced(new ProgressEvent.Advanced("train", i, ""));
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("train  51 %, 32:48 left\n");
  }

  @Test
  void quietWritesNothing() {
    assertThat(run(lines(true, true))).isEmpty();
  }
}
