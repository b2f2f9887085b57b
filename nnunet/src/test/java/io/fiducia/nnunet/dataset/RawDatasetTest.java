package io.fiducia.nnunet.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.Structure;
import io.fiducia.metrics.StructureNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    Files.delete(folder.resolve("imagesTr/c.nii.gz"));
    touch("imagesTr/ d_0000.nii.gz");
    refused("cannot be part of a path", " d_0000.nii.gz");
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

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      {"background": 0, " ": 1} | key labels | a name for each structure
      {"background": 0, "a": -1} | labels.a | found -1
      {"background": 0, "a": 1e3} | labels.a | found 1000
      {"background": 0, "a": {}} | labels.a | found {}
      {"background": 0, "a": 4294967297} | labels.a | found 4294967297
      {"background": 0, "a": true} | labels.a | found true
      {"background": 0, "a": 1, "ignore": [2, 3]} | labels.ignore | a whole number
      {"0": "background", "1": "a", "2": "a"} | key labels | each name once
      {"0": "background", "70000": "a"} | labels | 70000
      ["background", "a"] | key labels | an object such as
      """)
  void labelsThatCannotBeUsedAreNamed(String labels, String where, String why) throws IOException {
    json(labels, "");
    refused(where, why);
  }

  /** Task04_Hippocampus of the Medical Segmentation Decathlon declares its labels like this. */
  @Test
  void labelsOfTheDecathlonAreReadTheOtherWayRound() throws IOException {
    json("{\"0\": \"background\", \"1\": \"Anterior\", \"2\": \"Posterior\"}", "");
    DatasetJson json = RawDataset.open(folder).json();
    assertThat(json.labelSet().byName()).containsExactly(
        Map.entry("background", List.of(0)),
        Map.entry("Anterior", List.of(1)),
        Map.entry("Posterior", List.of(2)));
    assertThat(json.warnings()).singleElement().asString().contains("Decathlon", "dataset.json");
    Path written = folder.resolve("written.json");
    json.write(written);
    DatasetJson again = DatasetJson.read(written);
    assertThat(again.warnings()).isEmpty();
    assertThat(again.isAsInFile()).isTrue();
    assertThat(json.isAsInFile()).isFalse();
    assertThat(again.labelSet()).isEqualTo(json.labelSet());
    assertThat(again.asMap().get("labels")).isEqualTo(
        Map.of("background", 0, "Anterior", 1, "Posterior", 2));
  }

  /** nnU-Net writes the regions in this order, one over the other. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      {"background": 0, "whole": [1, 2], "core": 2} | [1, 2] |
      {"background": 0, "whole": [1, 2, 3], "core": [3, 2], "tip": 3} | [1, 2, 3] |
      {"background": 0, "whole": [1, 2], "core": 2} | [2, 1] | core
      {"background": 0, "core": 2, "whole": [1, 2]} | [2, 1] | core
      """)
  void regionsThatCannotBeReadBackAreAWarning(String labels, String order, String lost)
      throws IOException {
    json(labels, ", \"regions_class_order\": " + order);
    if (lost == null) {
      assertThat(RawDataset.open(folder).json().warnings()).isEmpty();
    } else {
      assertThat(RawDataset.open(folder).json().warnings()).singleElement().asString()
          .contains("regions_class_order " + order, "the region " + lost);
    }
  }

  /**
   * nnU-Net 2.8.1: LabelManager.foreground_regions of these labels is {@code [1, (2,), (1, 2)]}, and
   * label_or_region_to_key makes these keys of it.
   */
  @Test
  void aLabelBesideRegionsHasTheKeyThatScoresHave() throws IOException {
    json("{\"background\": 0, \"whole\": [1, 2], \"one\": 1, \"core\": [2]}",
        ", \"regions_class_order\": [1, 1, 2]");
    DatasetJson json = RawDataset.open(folder).json();
    assertThat(json.labelSet().structures()).extracting(Structure::key)
        .containsExactly("(1, 2)", "1", "(2,)");
    assertThat(json.labelSet().structures().structures())
        .isEqualTo(StructureNames.read(json.file()));
    json("{\"background\": 0, \"one\": 1, \"core\": [2]}", "");
    assertThat(RawDataset.open(folder).json().labelSet().structures())
        .extracting(Structure::key).containsExactly("1", "2");
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
