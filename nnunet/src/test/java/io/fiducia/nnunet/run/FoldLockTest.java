package io.fiducia.nnunet.run;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldLockTest {
  @TempDir
  private Path folder;

  @Test
  void aLockedFoldIsRefused() {
    try (FoldLock lock = FoldLock.take(folder)) {
      assertThatThrownBy(() -> FoldLock.take(folder)).isInstanceOf(FiduciaException.class)
          .hasMessageContaining("being trained already");
    }
    FoldLock.take(folder).close();
  }
}
