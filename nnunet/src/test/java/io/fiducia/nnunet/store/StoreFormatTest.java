package io.fiducia.nnunet.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.Cancellation;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.preprocess.Fixture;
import io.fiducia.nnunet.preprocess.InputFingerprint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What earlier versions stored is read and kept. The expected hashes were computed by the version
 * before the records were nested; a change means that every user preprocesses everything again.
 */
class StoreFormatTest {
  @TempDir
  private Path folder;

  @Test
  void aStoredCaseHasTheHeaderOfEarlierVersions() throws Exception {
    StoreHeader header = StoreHeader.of(Fixture.preprocessor("3d_fullres")
        .runTraining(Fixture.dataset().training().get(0), new Cancellation()), "inputs");
    assertThat(new String(header.text(), StandardCharsets.UTF_8)).isEqualTo(
        Files.readString(Path.of(StoreFormatTest.class.getResource("header.json").toURI())));
  }

  @Test
  void theFingerprintOfTheInputsIsThatOfEarlierVersions() throws IOException {
    RawCase c = new RawCase("case", List.of(file("case_0000.nii.gz"), file("case_0001.nii.gz")),
        Optional.of(file("case.nii.gz")));
    Plans plans = Fixture.plans();
    assertThat(List.of("2d", "3d_fullres")).extracting(configuration -> InputFingerprint.of(c,
        plans, plans.configuration(configuration), Fixture.dataset().json()))
        .containsExactly("17219a7f42b8c07c354473c7bfac4242746a4dbff345ae3c2fcc48854b040b8c",
            "dbbe1fcc5aef27ec3da36dbaed198760778724dd5e0e2709645f05fc0f89083e");
  }

  private Path file(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, name);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_123L));
    return file;
  }
}
