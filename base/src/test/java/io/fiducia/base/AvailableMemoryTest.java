package io.fiducia.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvailableMemoryTest {
  @TempDir
  Path folder;

  @Test
  void readsWhatTheKernelSays() throws IOException {
    Path file = folder.resolve("meminfo");
    Files.writeString(file,
        "MemTotal:       24689764 kB\nMemFree:  1 kB\nMemAvailable:  2048 kB\n");
    assertThat(AvailableMemory.machine(file)).isEqualTo(2048L << 10);
    assertThat(AvailableMemory.machine(folder.resolve("none"))).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aContainersLimitCountsLessWhatItsFilesHold() throws IOException {
    Files.writeString(folder.resolve("memory.max"), "1000\n");
    Files.writeString(folder.resolve("memory.current"), "700\n");
    assertThat(AvailableMemory.container(folder)).isEqualTo(300);
    Files.writeString(folder.resolve("memory.stat"), "anon 5\ninactive_file 250\n");
    assertThat(AvailableMemory.container(folder)).isEqualTo(550);
    Files.writeString(folder.resolve("memory.max"), "max\n");
    assertThat(AvailableMemory.container(folder)).isEqualTo(Long.MAX_VALUE);
  }
}
