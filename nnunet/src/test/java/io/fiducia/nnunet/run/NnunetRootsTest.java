package io.fiducia.nnunet.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NnunetRootsTest {
  @TempDir
  private Path folder;

  /** Locales whose numbers have other digits than file names. */
  @ParameterizedTest
  @ValueSource(strings = {"fa-u-nu-arabext", "ar-EG-u-nu-arab", "hi-u-nu-deva", "bn-u-nu-beng",
    "tr"})
  void aNumberFindsItsDatasetInEveryLocale(String locale) throws IOException {
    Files.createDirectories(folder.resolve("Dataset004_Hippocampus"));
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag(locale));
      assertThat(roots().datasetName("4")).isEqualTo("Dataset004_Hippocampus");
    } finally {
      Locale.setDefault(before);
    }
  }

  private NnunetRoots roots() {
    return new NnunetRoots(Optional.of(folder), Optional.empty(), Optional.empty());
  }

  @Test
  void aNameThatIsNoFolderInTheRootsIsNotFound() throws IOException {
    Files.createDirectories(folder.resolve("elsewhere").resolve("Dataset005_Outside"));
    for (String name : new String[]{"Dataset005_/../elsewhere/Dataset005_Outside",
      "Dataset005_Outside"}) {
      assertThatThrownBy(() -> roots().datasetName(name))
          .isInstanceOfSatisfying(FiduciaException.class,
              e -> assertThat(e.what()).isEqualTo("no such dataset"));
    }
  }
}
