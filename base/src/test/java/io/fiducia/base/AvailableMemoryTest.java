package io.fiducia.base;

import io.fiducia.nnunet.infer.MemoryNeed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.torch.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

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

  @Test
  void aPatchThatCannotFitIsAnErrorBeforeItIsTried() {
    Plans plans = Plans
        .read(Path.of("src", "test", "resources", "peer", "flat", "model", "plans.json"));
    ObjectNode tree = plans.tree();
    ArrayNode patch = (ArrayNode) tree.at("/configurations/2d/patch_size");
    patch.removeAll().add(1 << 20).add(1 << 20);
    Configuration vast = Plans.of(tree).configuration("2d");
    assertThatThrownBy(() -> new MemoryNeed(vast, 3, 1, new int[]{8, 8, 8})
        .leftForSums(Device.CPU)).isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.OUT_OF_RESOURCES);
          assertThat(e.getMessage()).contains("needs about", "are free");
        });
  }
}
