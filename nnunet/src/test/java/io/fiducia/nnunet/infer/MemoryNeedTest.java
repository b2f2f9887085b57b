package io.fiducia.nnunet.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.torch.Device;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class MemoryNeedTest {
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

  /**
   * Against what the Linux kernel measures: the first case is decided by the features, the second by
   * the outputs. A factor that is wrong by one half or more does not pass.
   */
  @ParameterizedTest
  @CsvSource({"64,16,3", "64,8,60"})
  void theNeedOfAPatchIsWhatItTakes(int side, int features, int outputs)
      throws IOException, InterruptedException {
    Assumptions.assumeTrue(PatchMemory.measurable());
    Configuration plain = Plans
        .read(Path.of("src", "test", "resources", "peer", "regions", "model", "plans.json"))
        .configuration("3d_fullres");
    Configuration measured = new Configuration(plain.identity(),
        new Configuration.Batch(1, List.of(side, side, side), false), plain.target(),
        plain.normalization(), plain.resampling(), PatchMemory.architecture(features));
    double need = new MemoryNeed(measured, outputs, 1, new int[]{side, side, side})
        .networkBytes();
    assertThat(need / peak(side, features, outputs)).isBetween(0.8, 1.2);
  }

  /** The peak of a process in which every tensor that is freed goes back to the system at once. */
  private static double peak(int side, int features, int outputs)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0", "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        PatchMemory.class.getName(), Integer.toString(side), Integer.toString(features),
        Integer.toString(outputs)).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().keySet().removeIf(name -> name.startsWith("MALLOC_"));
    builder.environment().put("MALLOC_MMAP_THRESHOLD_", "65536");
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return Double.parseDouble(printed.strip());
  }
}
