package io.fiducia.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.geometry.Size;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.testing.SyntheticDataset;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each fault stops the demonstration before it plans, and is reported with the file and the reason. */
class DemoBadInputTest {
  private static final int CASES = 6;

  @TempDir
  private Path folder;

  private Path raw;
  private Path output;

  @BeforeEach
  void dataset() throws IOException {
    raw = SyntheticDataset.write(folder.resolve("Dataset900_Ball"), CASES);
    output = folder.resolve("out");
  }

  @Test
  void datasetFolderMissing() {
    raw = folder.resolve("Dataset901_Elsewhere");
    refused("no such dataset folder", "Dataset901_Elsewhere");
    assertThat(output).doesNotExist();
  }

  @Test
  void noDatasetJson() throws IOException {
    Files.delete(raw.resolve("dataset.json"));
    refused("dataset.json is missing", raw.resolve("dataset.json").toString());
    assertThat(output).doesNotExist();
  }

  @Test
  void invalidJson() throws IOException {
    Files.writeString(raw.resolve("dataset.json"), "{\"labels\": {\n \"background\": 0,,}}");
    refused("dataset.json cannot be read", raw.resolve("dataset.json").toString(), "line 2",
        "valid JSON");
    assertThat(output).doesNotExist();
  }

  @Test
  void labelsNotConsecutive() throws IOException {
    SyntheticDataset.json(raw, "{\"background\": 0, \"ball\": 1, \"cube\": 3}");
    refused("labels are not consecutive", raw.resolve("dataset.json").toString(), "[0, 1, 3]");
    assertThat(output).doesNotExist();
  }

  @Test
  void noStructureNamed() throws IOException {
    SyntheticDataset.json(raw, "{\"background\": 0}");
    refused("names no structure", raw.resolve("dataset.json").toString());
    assertThat(output).doesNotExist();
  }

  @Test
  void noImages() throws IOException {
    for (int c = 0; c < CASES; c++) {
      Files.delete(SyntheticDataset.image(raw, c));
    }
    refused("no training case", raw.resolve("imagesTr").toString(), "CASE_0000.nii.gz");
    assertThat(output).doesNotExist();
  }

  @Test
  void labelFileMissing() throws IOException {
    Files.delete(SyntheticDataset.label(raw, 3));
    refused("no label map", SyntheticDataset.label(raw, 3).toString());
    assertThat(output).doesNotExist();
  }

  @Test
  void oneCaseOnly() throws IOException {
    raw = SyntheticDataset.write(folder.resolve("Dataset902_One"), 1);
    refused("too few patients", raw.toString(), "at least 2", "found 1");
    assertThat(output).doesNotExist();
  }

  @Test
  void twoScansOfOnePatientOnly() throws IOException {
    raw = SyntheticDataset.write(folder.resolve("Dataset902_One"), 1);
    for (String scan : new String[]{"_t1", "_t2"}) {
      Files.copy(SyntheticDataset.image(raw, 0),
          raw.resolve("imagesTr").resolve("p" + scan + "_0000.nii.gz"));
      Files.copy(SyntheticDataset.label(raw, 0),
          raw.resolve("labelsTr").resolve("p" + scan + ".nii.gz"));
    }
    Files.delete(SyntheticDataset.image(raw, 0));
    refused("too few patients", "found 1");
  }

  @Test
  void gridsDiffer() throws IOException {
    Size size = new Size(20, 24, 17);
    NiftiWriter.writeLabels(SyntheticDataset.label(raw, 2), new LabelVolume(
        SyntheticDataset.grid(size),
        Arrays.copyOf(SyntheticDataset.labels(2), Math.toIntExact(size.voxels()))));
    refused("same size", SyntheticDataset.label(raw, 2).toString(), "18", "17");
    nothingButTheState();
  }

  @Test
  void labelValueNotNamed() throws IOException {
    SyntheticDataset.json(raw, "{\"background\": 0, \"ball\": 1}");
    refused("values that dataset.json does not name", "ball_0", "value 2");
    nothingButTheState();
  }

  /** Whichever side of the split the case falls on: a test case must not fail after the training. */
  @Test
  void oneLabelValueNotNamedInAnyOneCase() throws IOException {
    for (int c = 0; c < CASES; c++) {
      short[] labels = SyntheticDataset.labels(c);
      labels[5] = 7;
      NiftiWriter.writeLabels(SyntheticDataset.label(raw, c),
          new LabelVolume(SyntheticDataset.grid(SyntheticDataset.SIZE), labels));
      refused("values that dataset.json does not name", SyntheticDataset.label(raw, c).toString(),
          "value 7 in 1 voxels");
      labels[5] = 0;
      NiftiWriter.writeLabels(SyntheticDataset.label(raw, c),
          new LabelVolume(SyntheticDataset.grid(SyntheticDataset.SIZE), labels));
    }
    nothingButTheState();
  }

  @Test
  void notANumber() throws IOException {
    float[] image = SyntheticDataset.image(SyntheticDataset.labels(1), 1);
    image[100] = Float.NaN;
    NiftiWriter.writeFloats(SyntheticDataset.image(raw, 1),
        new FloatVolume(SyntheticDataset.grid(SyntheticDataset.SIZE), image));
    refused("NaN or infinite", SyntheticDataset.image(raw, 1).toString(), "found 1 of 8640");
    nothingButTheState();
  }

  @Test
  void nothingLabelled() throws IOException {
    for (int c = 0; c < CASES; c++) {
      NiftiWriter.writeLabels(SyntheticDataset.label(raw, c), new LabelVolume(
          SyntheticDataset.grid(SyntheticDataset.SIZE), new short[8640]));
    }
    refused("no voxel of the dataset is labelled", raw.resolve("labelsTr").toString());
    nothingButTheState();
  }

  @Test
  void truncatedFile() throws IOException {
    for (int c = 0; c < CASES; c += 5) {
      byte[] whole = Files.readAllBytes(SyntheticDataset.image(raw, c));
      Files.write(SyntheticDataset.image(raw, c), Arrays.copyOf(whole, whole.length / 2));
      refused(SyntheticDataset.image(raw, c).toString(), "truncated");
      Files.write(SyntheticDataset.image(raw, c), whole);
    }
    nothingButTheState();
  }

  @Test
  void foreignFilesInTheOutputFolder() throws IOException {
    Files.createDirectories(output);
    Path foreign = Files.writeString(output.resolve("thesis.txt"), "precious");
    refused("the output folder is not empty", output.toString());
    CommandLineFixture forced = demo("--overwrite");
    assertThat(forced.exitCode()).isEqualTo(3);
    assertThat(foreign).hasContent("precious");
    assertThat(files(output)).containsExactly("thesis.txt");
  }

  @Test
  void outputIsAFile() throws IOException {
    Files.writeString(output, "precious");
    refused("not a folder", output.toString());
    assertThat(output).hasContent("precious");
  }

  private CommandLineFixture demo(String... more) {
    Stream<String> args = Stream.of("demo", "--dataset", raw.toString(), "--minutes", "0.02", "-o",
        output.toString(), "--device", "cpu");
    return CommandLineFixture.run(
        Stream.concat(args, Arrays.stream(more)).toArray(String[]::new));
  }

  private void refused(String... reported) {
    CommandLineFixture result = demo();
    assertThat(result.exitCode()).as(result.err()).isEqualTo(3);
    assertThat(result.err()).contains(reported).contains("error: ", "try:")
        .doesNotContain("Exception");
    assertThat(result.out()).isEmpty();
  }

  /** demo.json alone lets the same command go on once the dataset is fixed. */
  private void nothingButTheState() throws IOException {
    assertThat(files(output)).containsExactly("demo.json");
  }

  private static java.util.List<String> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).map(p -> folder.relativize(p).toString()).sorted()
          .toList();
    }
  }
}
