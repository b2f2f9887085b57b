package io.fiducia.app.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.core.prompt.PromptStep;
import io.fiducia.core.prompt.PromptedObject;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptFileTest {
  private static final Geometry GRID = Geometry.of(new Size(6, 5, 4), new Vec3(1, 1, 2));

  @TempDir
  private Path folder;

  private List<PromptedObject> read(String objects) throws IOException {
    return PromptFile.read(Files.writeString(folder.resolve("prompts.json"),
        "{\"objects\": [" + objects + "]}"), GRID);
  }

  private List<PromptedObject> steps(String steps) throws IOException {
    return read("{\"name\": \"Bladder\", \"steps\": [" + steps + "]}");
  }

  private void draw(String name, Geometry grid) {
    short[] data = new short[grid.size().voxels()];
    data[7] = 3;
    NiftiWriter.writeLabels(folder.resolve(name), new LabelVolume(grid, data));
  }

  /** All steps of the contract. */
  @Test
  void everyStepIsRead() throws IOException {
    draw("drawn.nii.gz", GRID);
    List<PromptStep> steps = steps("{\"point\": [1, 2, 3], \"positive\": true},"
        + "{\"point\": [5, 4, 0], \"positive\": false}, {\"box\": [[0, 0, 1], [6, 5, 2]]},"
        + "{\"box\": [[1, 1, 1], [3, 4, 2]], \"positive\": false},"
        + "{\"scribble\": \"drawn.nii.gz\", \"positive\": false},"
        + "{\"lasso\": \"drawn.nii.gz\", \"positive\": true},"
        + "{\"initial\": \"drawn.nii.gz\"}, {\"undo\": true}").getFirst().steps();
    assertThat(steps.subList(0, 4)).containsExactly(new Prompt.Click(1, 2, 3, true),
        new Prompt.Click(5, 4, 0, false), new Prompt.Box(Region.between(0, 0, 1, 6, 5, 2), true),
        new Prompt.Box(Region.between(1, 1, 1, 3, 4, 2), false));
    assertThat(steps.get(4)).isInstanceOfSatisfying(Prompt.Scribble.class,
        s -> assertThat(s.positive()).isFalse());
    assertThat(steps.get(5)).isInstanceOfSatisfying(Prompt.Lasso.class, l -> {
      assertThat(l.positive()).isTrue();
      assertThat(l.drawn().data()[7]).isEqualTo((short) 3);
    });
    assertThat(steps.get(6)).isInstanceOf(Prompt.Initial.class);
    assertThat(steps.get(7)).isEqualTo(new PromptStep.Undo());
  }

  @Test
  void objectsKeepTheirOrder() throws IOException {
    assertThat(read("{\"name\": \"b\", \"steps\": [{\"point\": [0, 0, 0]}, {\"undo\": true}]},"
        + "{\"name\": \"a\", \"steps\": []}"))
        .extracting(PromptedObject::name).containsExactly("b", "a");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "{\"point\": [6, 0, 0]} | Bladder, step 1",
    "{\"point\": [0, 0, -1]} | Bladder, step 1",
    "{\"point\": [0, 0.5, 0]} | Bladder, step 1",
    "{\"point\": [0, 0]} | three voxel indices",
    "{\"box\": [[2, 2, 1], [2, 4, 2]]} | upper bounds",
    "{\"box\": [[2, 2, 1], [1, 4, 2]]} | upper bounds",
    "{\"box\": [[2, 2, 1], [7, 4, 2]]} | within 6x5x4",
    "{\"box\": [[2, 2, 1]]} | two corners",
    "{\"undo\": true} | nothing to undo",
    "{\"point\": [0, 0, 0]}, {\"undo\": true}, {\"undo\": true} | Bladder, step 3",
    "{\"positive\": true} | point, box, scribble, lasso, initial or undo",
    "{\"circle\": 3} | unknown key",
    "{\"point\": [0, 0, 0], \"box\": [[0, 0, 0], [1, 1, 1]]} | one of point",
    "{\"point\": [0, 0, 0], \"positive\": \"no\"} | true or false",
    "{\"undo\": false} | true as undo",
    "7 | an object with point",
    "{\"scribble\": \"absent.nii.gz\"} | absent.nii.gz",
    "{\"scribble\": \"\"} | the name of a file"})
  void namesTheStepAtFault(String steps, String message) {
    assertThatThrownBy(() -> steps(steps)).isInstanceOfSatisfying(FiduciaException.class,
        e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT))
        .hasMessageContaining(message);
  }

  /** A misspelt key would be lost silently. */
  @Test
  void anUnknownKeyIsRefusedWithASuggestion() {
    for (String[] wrong : new String[][]{
      {"{\"name\": \"a\", \"step\": []}", "did you mean steps?"},
      {"{\"name\": \"a\", \"steps\": [{\"pont\": [0, 0, 0]}]}", "did you mean point?"},
      {"{\"name\": \"a\", \"steps\": [{\"point\": [0, 0, 0], \"postive\": false}]}",
        "did you mean positive?"}}) {
      assertThatThrownBy(() -> read(wrong[0])).isInstanceOfSatisfying(FiduciaException.class,
          e -> assertThat(e.advice()).isEqualTo(wrong[1])).hasMessageContaining("unknown key");
    }
  }

  @ParameterizedTest
  @CsvSource({"scribble", "lasso", "initial"})
  void drawingsOnAnotherGridAreRefused(String kind) {
    draw("drawn.nii.gz", Geometry.of(new Size(6, 5, 4), new Vec3(1, 1, 2.5)));
    assertThatThrownBy(() -> steps("{\"" + kind + "\": \"drawn.nii.gz\"}"))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("another grid")
        .hasMessageContaining(kind);
  }

  @Test
  void namesAreGivenOnce() {
    assertThatThrownBy(
        () -> read("{\"name\": \"a\", \"steps\": []}, {\"name\": \"a\", \"steps\": []}"))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("a name of its own");
    assertThatThrownBy(() -> read("")).hasMessageContaining("a list of objects");
  }
}
