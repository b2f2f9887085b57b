package io.fiducia.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.TransferRecipe.Part;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TransferRecipeTest {
  @Test
  void aRecipeIsFoundByItsName() {
    for (TransferRecipe recipe : TransferRecipe.named()) {
      assertThat(TransferRecipe.of(recipe.name())).isSameAs(recipe);
    }
    assertThat(TransferRecipe.of("decoder").trains(Part.ENCODER)).isFalse();
    assertThat(TransferRecipe.of("decoder").trains(Part.HEADS)).isTrue();
  }

  @Test
  void anUnknownNameIsAUsageErrorThatListsTheKnownOnes() {
    assertThatThrownBy(() -> TransferRecipe.of("Full"))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.USAGE);
          assertThat(e.why()).contains("pretrained, full, decoder, heads").contains("found Full");
        });
  }

  @Test
  void aRecipeTrainsSomething() {
    Set<Part> all = Set.of(Part.values());
    assertThatThrownBy(() -> new TransferRecipe("x", true, Set.of(), 1e-2, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TransferRecipe("x", true, all, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TransferRecipe("x", true, all, Double.NaN, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TransferRecipe("x", true, all, 1e-2, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
