package io.fiducia.nnunet.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.torch.Device;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
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
}
