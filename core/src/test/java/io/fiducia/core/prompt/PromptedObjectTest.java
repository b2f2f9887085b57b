package io.fiducia.core.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptedObjectTest {
  private static final PromptStep UNDO = new PromptStep.Undo();

  private static Prompt click(int i) {
    return new Prompt.Click(i, 0, 0, true);
  }

  private static PromptedObject object(PromptStep... steps) {
    return new PromptedObject("Bladder", List.of(steps));
  }

  @Test
  void anUndoTakesTheLatestStepBack() {
    assertThat(object(click(1), click(2), UNDO, click(3)).prompts()).containsExactly(click(1),
        click(3));
    assertThat(object(click(1), click(2), UNDO, UNDO).prompts()).isEmpty();
  }

  @Test
  void anUndoTooManyIsNamed() {
    assertThatThrownBy(() -> object(click(1), UNDO, UNDO)).isInstanceOfSatisfying(
        FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.what()).isEqualTo("there is nothing to undo");
          assertThat(e.where()).isEqualTo("Bladder, step 3");
        });
    assertThatThrownBy(() -> object(UNDO)).hasMessageContaining("step 1");
  }

  @Test
  void promptsKnowTheirVoxelsAndTheirNames() {
    Geometry grid = Geometry.of(new Size(4, 3, 2), new Vec3(1, 1, 1));
    short[] data = new short[24];
    data[grid.size().index(1, 2, 0)] = 5;
    data[grid.size().index(2, 1, 1)] = 1;
    LabelVolume drawn = new LabelVolume(grid, data);
    Region box = Region.between(1, 1, 0, 3, 3, 2);
    for (Prompt p : List.of(new Prompt.Box(box), new Prompt.Scribble(drawn, false),
        new Prompt.Lasso(drawn, true), new Prompt.Initial(drawn))) {
      assertThat(p.voxels()).as(p.word()).contains(box);
    }
    assertThat(click(3).voxels()).contains(Region.between(3, 0, 0, 4, 1, 1));
    assertThat(new Prompt.Initial(new LabelVolume(grid, new short[24])).voxels()).isEmpty();
    assertThat(new Prompt.Box(box, false).word()).isEqualTo("negative box");
  }
}
