package io.fiducia.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StructureSetTest {
  @Test
  void keepsTheOrderAndFindsNames() {
    List<Structure> given = new ArrayList<>(
        List.of(Structure.of("Uterus", 3), Structure.of("Bladder", 1)));
    StructureSet set = new StructureSet(given);
    given.clear();
    assertThat(set.names()).containsExactly("Uterus", "Bladder");
    assertThat(set.find("Bladder")).contains(Structure.of("Bladder", 1));
    assertThat(set.find("bladder")).isEmpty();
    assertThat(set.at(3)).containsExactly(Structure.of("Uterus", 3));
    assertThat(set.at(0)).isEmpty();
  }

  @Test
  void oneValueMayMarkSeveralStructures() {
    Structure gtv = Structure.region("GTVp", List.of(1));
    Structure ctv = Structure.region("CTVp", List.of(1, 2));
    assertThat(StructureSet.of(gtv, ctv).at(1)).containsExactly(gtv, ctv);
    assertThat(StructureSet.of(gtv, ctv).at(2)).containsExactly(ctv);
  }

  /** The keys of nnU-Net's summary.json are str() of an int or of a tuple in Python. */
  @Test
  void keysAreThoseOfSummaryJson() {
    assertThat(Structure.of("Bladder", 4).key()).isEqualTo("4");
    assertThat(Structure.region("whole", List.of(1, 2)).key()).isEqualTo("(1, 2)");
    assertThat(Structure.region("core", List.of(2)).key()).isEqualTo("(2,)");
    assertThat(Structure.named("Bladder").key()).isEqualTo("Bladder");
  }

  @Test
  void refusesEmptyNamesAndTwoOfOneName() {
    assertThatThrownBy(() -> Structure.of(" ", 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> StructureSet.of(Structure.of("Bladder", 1),
        Structure.of("Bladder", 2))).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two structures named Bladder");
    assertThatThrownBy(() -> new Structure("Bladder", List.of(1, 2), false))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("several labels");
  }
}
