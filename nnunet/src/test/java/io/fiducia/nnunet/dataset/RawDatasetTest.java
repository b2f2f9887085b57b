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
import org.junit.jupiter.params.provider.ValueSource;

class RawDatasetTest {
  @TempDir
  private Path folder;

  @BeforeEach
  void twoCasesOfTwoChannels() throws IOException {
    json("{\"background\": 0, \"a\": 1}", "");
    for (String file : new String[]{"imagesTr/b_0000", "imagesTr/b_0001", "imagesTr/a_0000",
      "imagesTr/a_0001", "labelsTr/a", "labelsTr/b"}) {
      touch(file + ".nii.gz");
    }
  }

  private void json(String labels, String more) throws IOException {
    Files.writeString(folder.resolve("dataset.json"),
        "{\"channel_names\": {\"0\": \"CT\", \"1\": \"T1\"}, \"file_ending\": \".nii.gz\", "
            + "\"labels\": " + labels + more + "}");
  }

  private void touch(String name) throws IOException {
    Files.createDirectories(folder.resolve(name).getParent());
    Files.writeString(folder.resolve(name), "");
  }

  private void refused(String... parts) {
    assertThatThrownBy(() -> RawDataset.open(folder)).isInstanceOfSatisfying(
        FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.getMessage() + e.advice()).contains(parts);
        });
  }

  @Test
  void casesComeByName() throws IOException {
    touch("imagesTs/t_0000.nii.gz");
    touch("imagesTs/t_0001.nii.gz");
    touch("imagesTr/.hidden");
    RawDataset dataset = RawDataset.open(folder);
    assertThat(dataset.training()).extracting(RawCase::id).containsExactly("a", "b");
    assertThat(dataset.training().get(0).images()).containsExactly(
        folder.resolve("imagesTr/a_0000.nii.gz"), folder.resolve("imagesTr/a_0001.nii.gz"));
    assertThat(dataset.test()).hasSize(1).allMatch(c -> c.label().isEmpty());
  }

  @Test
  void missingAndSurplusFilesAreNamed() throws IOException {
    touch("imagesTr/a_0002.nii.gz");
    refused("a_0002.nii.gz", "expected 2 channels");
    Files.delete(folder.resolve("imagesTr/a_0002.nii.gz"));
    Files.delete(folder.resolve("imagesTr/a_0000.nii.gz"));
    refused("a_0000.nii.gz", "found [1] of case a");
    touch("imagesTr/a_0000.nii.gz");
    Files.delete(folder.resolve("labelsTr/b.nii.gz"));
    refused("no label map", "b.nii.gz");
  }

  @Test
  void imagesOfAnotherKindAreNotPassedOver() throws IOException {
    touch("imagesTr/c_0000.nii");
    refused("another ending", "c_0000.nii", "expected .nii.gz");
    Files.delete(folder.resolve("imagesTr/c_0000.nii"));
    touch("imagesTr/c.nii.gz");
    refused("no channel number", "c.nii.gz");
  }

  @Test
  void missingFoldersAreNamed(@TempDir Path empty) throws IOException {
    assertThatThrownBy(() -> RawDataset.open(empty)).hasMessageContaining("dataset.json");
    Files.copy(folder.resolve("dataset.json"), empty.resolve("dataset.json"));
    assertThatThrownBy(() -> RawDataset.open(empty)).hasMessageContaining("imagesTr");
    Files.createDirectory(empty.resolve("imagesTr"));
    assertThatThrownBy(() -> RawDataset.open(empty)).hasMessageContaining("no training case");
    assertThatThrownBy(() -> RawDataset.open(empty.resolve("none")))
        .hasMessageContaining("no such dataset folder");
  }

  @Test
  void casesMayBeListedInTheFile() throws IOException {
    touch("else/x.nii.gz");
    touch("else/y.nii.gz");
    touch("else/l.nii.gz");
    json("{\"background\": 0, \"a\": 1}", ", \"dataset\": {\"one\": {\"images\": "
        + "[\"else/x.nii.gz\", \"else/y.nii.gz\"], \"label\": \"else/l.nii.gz\"}}");
    assertThat(RawDataset.open(folder).training()).singleElement()
        .satisfies(c -> assertThat(c.images()).hasSize(2));
    json("{\"background\": 0, \"a\": 1}",
        ", \"dataset\": {\"one\": {\"images\": [\"else/x.nii.gz\", \"else/none.nii.gz\"]}}");
    refused("none.nii.gz", "listed for case one");
    json("{\"background\": 0, \"a\": 1}",
        ", \"dataset\": {\"one\": {\"images\": [\"else/x.nii.gz\", \"else/y.nii.gz\"]}}");
    refused("dataset.one", "found nothing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "../../../home/u/x", "/etc/x", "a/b", "..", "a\\\\b", "a\\u0000b",
    "C:x", ""})
  void aListedCaseCannotLeaveTheFolder(String key) throws IOException {
    touch("else/x.nii.gz");
    json("{\"background\": 0, \"a\": 1}", ", \"dataset\": {\"" + key + "\": {\"images\": "
        + "[\"else/x.nii.gz\", \"else/x.nii.gz\"], \"label\": \"else/x.nii.gz\"}}");
    refused("a name cannot be part of a path", "dataset.json, a key of dataset");
  }

  @Test
  void aListedCaseOf300CharactersIsRefused() throws IOException {
    aListedCaseCannotLeaveTheFolder("a".repeat(300));
  }

  @Test
  void aFileWhoseCaseWouldBeTheFolderAboveIsRefused() throws IOException {
    touch("imagesTr/.._0000.nii.gz");
    touch("imagesTr/.._0001.nii.gz");
    touch("imagesTr/a _0000.nii.gz");
    touch("imagesTr/a _0001.nii.gz");
    touch("labelsTr/a .nii.gz");
    refused("a name cannot be part of a path", "a _0000.nii.gz");
  }

  /** The ending is joined to names of results, also where a reader is named and none is sought. */
  @Test
  void theEndingCannotLeaveTheFolder() throws IOException {
    Files.writeString(folder.resolve("dataset.json"),
        "{\"channel_names\": {\"0\": \"CT\"}, \"file_ending\": \"./../../x.nii.gz\", "
            + "\"overwrite_image_reader_writer\": \"SimpleITKIO\", "
            + "\"labels\": {\"background\": 0, \"a\": 1}}");
    refused("a name cannot be part of a path", "file_ending");
  }

  @Test
  void labelsMustMakeSense() throws IOException {
    json("{\"background\": 0, \"a\": 2}", "");
    refused("not consecutive", "found [0, 2]");
    json("{\"background\": 1, \"a\": 2}", "");
    refused("\"background\": 0");
    json("{\"background\": 0, \"a\": 1, \"ignore\": 1}", "");
    refused("a value of its own");
    json("{\"background\": 0, \"a\": 1, \"ignore\": 3}", "");
    refused("ignore label must be the highest", "expected 2, found 3");
    json("{\"background\": 0, \"a\": []}", "");
    refused("labels.a");
    json("{\"background\": 0, \"a\": 1.5}", "");
    refused("labels.a", "1.5");
    json("{\"background\": 0, \"all\": [1, 2], \"core\": 2}", "");
    refused("regions_class_order", "list of 2");
    json("{\"background\": 0, \"a\": 1, \"a\": 2}", "");
    refused("dataset.json cannot be read");
  }

  @Test
  void regionsAndIgnoreKeepTheirOrder() throws IOException {
    json("{\"background\": 0, \"whole\": [2, 1], \"core\": 2, \"ignore\": 3}",
        ", \"regions_class_order\": [1, 2]");
    Labels labels = RawDataset.open(folder).json().labelSet();
    assertThat(labels.hasRegions()).isTrue();
    assertThat(labels.foregroundNames()).containsExactly("whole", "core");
    assertThat(labels.outputs()).isEqualTo(2);
    assertThat(labels.outputLabels()).containsExactly(1, 2);
    assertThat(labels.ignore()).hasValue(3);
  }

  @Test
  void otherFileEndingsAreRefused() throws IOException {
    Files.writeString(folder.resolve("dataset.json"),
        "{\"modality\": {\"0\": \"CT\"}, \"file_ending\": \".nrrd\", "
            + "\"labels\": {\"background\": 0, \"a\": 1}}");
    refused("expected the file_ending .nii.gz, .nii, .png", "found .nrrd");
  }
}
