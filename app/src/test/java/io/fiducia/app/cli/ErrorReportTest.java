package io.fiducia.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.FiduciaException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ErrorReportTest {
  @Test
  void fourPartsStandOnFourLines() {
    ErrorReport report = ErrorReport.of(
        FiduciaException.badInput("the image is cut short", "a.nii.gz", "expected 8\nfound 7",
            "copy"));
    assertThat(report.exitCode()).isEqualTo(3);
    assertThat(report.text().lines()).containsExactly(
        "error: the image is cut short",
        "where: a.nii.gz",
        "why:   expected 8 found 7",
        "try:   copy");
  }

  @Test
  void emptyPartsAreLeftOut() {
    ErrorReport report = ErrorReport.of(FiduciaException.cancelled("training"));
    assertThat(report.exitCode()).isEqualTo(130);
    assertThat(report.text().lines())
        .containsExactly("error: training", "why:   cancelled on request");
  }

  @Test
  void exitCodesFollowTheKindThroughWrappers() {
    assertThat(code(new CompletionException(FiduciaException.usage("a", "b", "c")))).isEqualTo(2);
    assertThat(code(FiduciaException.badInput("a", "b", "c", "d"))).isEqualTo(3);
    assertThat(code(FiduciaException.outOfResources("a", "b", "c", "d", new Error())))
        .isEqualTo(5);
    assertThat(code(FiduciaException.internal("a", "b", "c", "d"))).isEqualTo(1);
    assertThat(code(new OutOfMemoryError("Java heap space"))).isEqualTo(5);
    assertThat(code(new UncheckedIOException(new IOException("No space left on device"))))
        .isEqualTo(5);
    assertThat(code(new NoSuchFileException("x"))).isEqualTo(3);
    assertThat(code(new FileNotFoundException("x"))).isEqualTo(3);
    assertThat(code(new IllegalStateException("x"))).isEqualTo(1);
  }

  @Test
  void controlCharactersDoNotReachTheTerminal() {
    ErrorReport report = ErrorReport.of(
        FiduciaException.badInput("bad", "a\u001b[31m.nii", "", ""));
    assertThat(report.text()).doesNotContain("\u001b").contains("a?[31m.nii");
  }

  private static int code(Throwable error) {
    return ErrorReport.of(error).exitCode();
  }
}
