package io.fiducia.app.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.nnunet.dataset.RawDataset;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhantomCommandTest {
  @TempDir
  private Path folder;

  @Test
  void theFolderIsADatasetThatNnunetReads() {
    Path out = folder.resolve("Dataset900_Phantom");
    CommandLineFixture done = run(out, "--cases", "2", "--size", "small", "--seed", "4", "--json");
    assertThat(done.exitCode()).as(done.err()).isZero();
    assertThat(done.json().path("training").asInt()).isEqualTo(1);
    assertThat(done.json().path("test").asInt()).isEqualTo(1);
    RawDataset dataset = RawDataset.open(out);
    assertThat(dataset.training()).hasSize(1);
    assertThat(out.resolve("labelsTs/phantom_0002.nii.gz")).exists();
    assertThat(out.resolve("covariates.csv")).exists();
  }

  @Test
  void impossibleOptionsAreUsageErrorsAndLeaveNothing() {
    String[][] bad = {{"--cases", "0"}, {"--cases", "-1"}, {"--cases", "x"},
      {"--cases", "3", "--test", "4"}, {"--cases", "3", "--readers", "3"},
      {"--cases", "3", "--prosthesis", "1.5"}, {"--cases", "3", "--spacer", "NaN"},
      {"--cases", "3", "--modality", "pet"}, {"--cases", "3", "--size", "huge"}, {}};
    for (String[] options : bad) {
      Path out = folder.resolve("none");
      CommandLineFixture failed = run(out, options);
      assertThat(failed.exitCode()).as(String.join(" ", options)).isEqualTo(2);
      assertThat(failed.err()).startsWith("error: ").doesNotContain("where:");
      assertThat(out).doesNotExist();
    }
  }

  @Test
  void theOptionToChangeIsNamed() {
    Path out = folder.resolve("none");
    assertThat(run(out, "--cases", "0").err()).contains("try:   give --cases 20");
    assertThat(run(out, "--cases", "10000").err()).contains("try:   make several cohorts");
    assertThat(run(out, "--cases", "3", "--test", "4").err())
        .contains("try:   give fewer with --test");
    assertThat(run(out, "--cases", "3", "--readers", "3").err())
        .contains("try:   give --readers 1 or 2");
  }

  @Test
  void aFolderWithFilesIsBadInput() throws Exception {
    Files.writeString(folder.resolve("mine.txt"), "mine");
    CommandLineFixture failed = run(folder, "--cases", "1", "--size", "small");
    assertThat(failed.exitCode()).isEqualTo(3);
    assertThat(failed.err()).contains("error: the output folder is not empty");
  }

  private static CommandLineFixture run(Path out, String... options) {
    String[] all = new String[options.length + 2];
    all[0] = "phantom";
    all[1] = out.toString();
    System.arraycopy(options, 0, all, 2, options.length);
    return CommandLineFixture.run(all);
  }
}
