package io.fiducia.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException.Kind;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  @TempDir
  private Path folder;

  /** A folder that is not empty stands for a partial file that cannot be deleted. */
  @Test
  void theErrorIsNotHiddenByAPartialFileThatCannotBeDeleted() {
    assertThatThrownBy(() -> AtomicFiles.writeFile(folder.resolve("target"), file -> {
      Files.createDirectories(file.resolve("child"));
      throw new IOException("No space left on device");
    })).isInstanceOfSatisfying(FiduciaException.class, e -> {
      assertThat(e.kind()).isEqualTo(Kind.OUT_OF_RESOURCES);
      assertThat(e.getCause()).hasMessage("No space left on device");
      assertThat(e.getCause().getSuppressed()).singleElement()
          .isInstanceOf(DirectoryNotEmptyException.class);
    });
  }

  @Test
  void aFailedWriteLeavesTheTargetAndNothingElse() throws IOException {
    Path target = folder.resolve("target");
    AtomicFiles.writeString(target, "before");
    assertThatThrownBy(() -> AtomicFiles.write(target, out -> {
      out.write(1);
      throw new IllegalStateException("stop");
    })).isInstanceOf(IllegalStateException.class);
    assertThat(target).hasContent("before");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(target);
    }
  }
}
