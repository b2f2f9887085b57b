package io.fiducia.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StructureSetTest {
  @Test
  void keepsTheOrderAndFindsNames() {
    Map<String, Integer> labels = new LinkedHashMap<>();
    labels.put("Uterus", 3);
    labels.put("Bladder", 1);
    StructureSet set = new StructureSet(labels);
    labels.clear();
    assertThat(set.labelByName().keySet()).containsExactly("Uterus", "Bladder");
    assertThat(set.name(1)).contains("Bladder");
    assertThat(set.name(0)).isEmpty();
  }

  @Test
  void refusesBackgroundAndDoubleLabels() {
    assertThatThrownBy(() -> new StructureSet(Map.of("Bladder", 0)))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("Bladder");
    assertThatThrownBy(() -> new StructureSet(Map.of("Bladder", 1, "Uterus", 1)))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("two structures");
  }
}
