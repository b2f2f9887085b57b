package io.fiducia.base;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
  @TempDir
  private Path folder;

  @Test
  void aLockedFoldIsRefused() {
    try (FolderLock lock = FolderLock.take(folder, "this fold is being trained already")) {
      assertThatThrownBy(() -> FolderLock.take(folder, "this fold is being trained already"))
          .isInstanceOf(FiduciaException.class)
          .hasMessageContaining("being trained already");
    }
    FolderLock.take(folder, "this fold is being trained already").close();
  }
}
