package io.fiducia.nnunet.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageInputsTest {
  @TempDir
  Path folder;
  private DatasetJson two;
  private DatasetJson one;

  @BeforeEach
  void files() throws IOException {
    two = json("two", "{\"0\": \"CT\", \"1\": \"PET\"}");
    one = json("one", "{\"0\": \"CT\"}");
    Files.createDirectories(folder.resolve("images"));
    for (String name : new String[]{"a_0000", "a_0001", "b_0000", "b_0001"}) {
      Files.createFile(image(name));
    }
  }

  private DatasetJson json(String name, String channels) throws IOException {
    Path file = folder.resolve(name).resolve("dataset.json");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "{\"channel_names\": " + channels
        + ", \"labels\": {\"background\": 0, \"x\": 1}, \"file_ending\": \".nii.gz\"}");
    return DatasetJson.read(file);
  }

  private Path image(String name) {
    return folder.resolve("images").resolve(name + ".nii.gz");
  }

  @Test
  void aFolderOneImageOrAList() throws IOException {
    assertThat(ImageInputs.of(folder.resolve("images"), two)).extracting(RawCase::id)
        .containsExactly("a", "b");
    assertThat(ImageInputs.of(image("b_0000"), two)).singleElement()
        .satisfies(c -> assertThat(c.images()).containsExactly(image("b_0000"), image("b_0001")));
    Files.createFile(image("plain"));
    assertThat(ImageInputs.of(image("plain"), one)).singleElement()
        .satisfies(c -> assertThat(c.id()).isEqualTo("plain"));
    Path list = folder.resolve("list.json");
    Files.writeString(list, "[[\"images/b_0000.nii.gz\", \"images/a_0001.nii.gz\"]]");
    assertThat(ImageInputs.of(list, two)).singleElement().satisfies(c -> {
      assertThat(c.id()).isEqualTo("b");
      assertThat(c.images()).containsExactly(image("b_0000"), image("a_0001"));
    });
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {"[['a_0000.nii.gz']]; channels do not match",
    "[['no_0000.nii.gz','no_0001.nii.gz']]; an image is missing", "{}; no image to segment",
    "[1]; no list of images", "[; cannot be read",
    "[['a_0000.nii.gz','a_0001.nii.gz'],['a_0000.nii.gz','a_0001.nii.gz']]; one name",
    "[['a_0000.mha','a_0001.mha']]; another ending"})
  void aBadListIsSaid(String text, String message) throws IOException {
    Path list = folder.resolve("images").resolve("list.json");
    Files.writeString(list, text.replace('\'', '"'));
    assertThatThrownBy(() -> ImageInputs.of(list, two))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT))
        .hasMessageContaining(message);
  }

  @Test
  void whatIsNotThereIsSaid() {
    assertThatThrownBy(() -> ImageInputs.of(folder.resolve("none"), two))
        .hasMessageContaining("no such folder");
    assertThatThrownBy(() -> ImageInputs.of(image("a_0000"), json("three",
        "{\"0\": \"CT\", \"1\": \"PET\", \"2\": \"MR\"}")))
        .hasMessageContaining("an image is missing");
  }
}
