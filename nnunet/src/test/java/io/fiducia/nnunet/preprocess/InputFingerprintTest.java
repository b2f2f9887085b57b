package io.fiducia.nnunet.preprocess;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.plan.Plans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The fingerprint decides whether a stored case is kept. The expected hashes were computed by the version
 * before records were nested and renamed; a change means that every user preprocesses everything again.
 */
class InputFingerprintTest {
  @TempDir
  private Path folder;

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

  /** Otherwise a case would be kept that was resampled from the wrong spacing. */
  @Test
  void anotherSpacingIsAnotherInput() throws IOException {
    Path text = Files.writeString(folder.resolve("plans.json"),
        Files.readString(Fixture.path("nnUNetPlans.json")).replace("SimpleITKIO", "Tiff3DIO"));
    Plans plans = Plans.read(text);
    RawCase c = new RawCase("a", List.of(file("a_0000.tif")), Optional.of(file("label.tif")));
    Set<String> inputs = new HashSet<>();
    for (String sidecar : List.of("none", "a.json", "label.json")) {
      if (!sidecar.equals("none")) {
        Files.writeString(folder.resolve(sidecar), "{\"spacing\": [3, 2, 1]}");
      }
      inputs.add(InputFingerprint.of(c, plans, plans.configuration("3d_fullres"),
          Fixture.dataset().json()));
    }
    assertThat(inputs).hasSize(3);
  }

  private Path file(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, name);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_123L));
    return file;
  }
}
