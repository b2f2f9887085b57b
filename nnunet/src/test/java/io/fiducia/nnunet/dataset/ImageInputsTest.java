package io.fiducia.nnunet.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    assertThat(ImageInputs.of(folder.resolve("images"), two, Progress.none()))
        .extracting(RawCase::id)
        .containsExactly("a", "b");
    assertThat(ImageInputs.of(image("b_0000"), two, Progress.none())).singleElement()
        .satisfies(c -> assertThat(c.images()).containsExactly(image("b_0000"), image("b_0001")));
    Files.createFile(image("plain"));
    assertThat(ImageInputs.of(image("plain"), one, Progress.none())).singleElement()
        .satisfies(c -> assertThat(c.id()).isEqualTo("plain"));
    Path list = folder.resolve("list.json");
    Files.writeString(list, "[[\"images/b_0000.nii.gz\", \"images/a_0001.nii.gz\"]]");
    assertThat(ImageInputs.of(list, two, Progress.none())).singleElement().satisfies(c -> {
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
    assertThatThrownBy(() -> ImageInputs.of(list, two, Progress.none()))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT))
        .hasMessageContaining(message);
  }

  @Test
  void filesThatAreNoImagesAreNamedAndLeftOut() throws IOException {
    for (String name : new String[]{"preview.png", "notes.txt", "b_0000.nii", ".hidden"}) {
      Files.createFile(folder.resolve("images").resolve(name));
    }
    Files.createDirectory(folder.resolve("images").resolve("more"));
    List<ProgressEvent> events = new ArrayList<>();
    assertThat(ImageInputs.of(folder.resolve("images"), two, events::add)).extracting(RawCase::id)
        .containsExactly("a", "b");
    assertThat(events).singleElement().isInstanceOfSatisfying(ProgressEvent.Warning.class,
        w -> assertThat(w.text()).contains("b_0000.nii, notes.txt, preview.png")
            .doesNotContain("hidden").doesNotContain("more"));
  }

  /** nnU-Net takes nothing but names with a channel; others that end as images do are left out. */
  @Test
  void namesWithoutAChannelAndForbiddenNamesAreLeftOut() throws IOException {
    Files.createFile(image("atlas"));
    Files.createFile(image(" c_0000"));
    Files.createFile(image(" c_0001"));
    List<ProgressEvent> events = new ArrayList<>();
    assertThat(ImageInputs.of(folder.resolve("images"), two, events::add)).extracting(RawCase::id)
        .containsExactly("a", "b");
    assertThat(events).singleElement().isInstanceOfSatisfying(ProgressEvent.Warning.class,
        w -> assertThat(w.text()).contains("CASE_0000.nii.gz", "atlas.nii.gz", " c_0000.nii.gz",
            " c_0001.nii.gz"));
    Path only = Files.createDirectory(folder.resolve("only"));
    Files.createFile(only.resolve("atlas.nii.gz"));
    assertThatThrownBy(() -> ImageInputs.of(only, one, Progress.none()))
        .hasMessageContaining("no image to segment").hasMessageContaining("CASE_0000.nii.gz")
        .hasMessageContaining("atlas.nii.gz");
  }

  @Test
  void aFolderOfForeignFilesOnlySaysWhatWasFound() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.createFile(other.resolve("scan.mha"));
    assertThatThrownBy(() -> ImageInputs.of(other, two, Progress.none()))
        .hasMessageContaining("no image to segment").hasMessageContaining("scan.mha");
  }

  /** Names with channels are made of digits, whatever digits the user's language has. */
  @ParameterizedTest
  @ValueSource(strings = {"fa", "ar-EG", "bn", "mr", "hi-IN-u-nu-deva", "tr"})
  void channelsAreFoundInEveryLocale(String locale) {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(locale));
    try {
      assertThat(ImageInputs.of(image("b_0000"), two, Progress.none())).singleElement()
          .satisfies(c -> assertThat(c.images()).hasSize(2));
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[[{}]]", "[[1]]", "[[\"a\\u0000.nii.gz\"]]", "[[\"\"]]", "\"x\""})
  void aListOfOtherThingsIsRefused(String text) throws IOException {
    Path list = folder.resolve("images").resolve("list.json");
    Files.writeString(list, text);
    assertThatThrownBy(() -> ImageInputs.of(list, one, Progress.none()))
        .isInstanceOfSatisfying(FiduciaException.class,
            e -> assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT));
  }

  @Test
  void aCaseInAListCannotLeaveTheFolder() throws IOException {
    Files.createFile(image(".."));
    Path list = folder.resolve("images").resolve("list.json");
    Files.writeString(list, "[[\"...nii.gz\"]]");
    assertThatThrownBy(() -> ImageInputs.of(list, one, Progress.none()))
        .hasMessageContaining("a name cannot be part of a path");
  }

  @Test
  void whatIsNotThereIsSaid() {
    assertThatThrownBy(() -> ImageInputs.of(folder.resolve("none"), two, Progress.none()))
        .hasMessageContaining("no such folder");
    assertThatThrownBy(() -> ImageInputs.of(image("a_0000"), json("three",
        "{\"0\": \"CT\", \"1\": \"PET\", \"2\": \"MR\"}"), Progress.none()))
        .hasMessageContaining("an image is missing");
  }
}
