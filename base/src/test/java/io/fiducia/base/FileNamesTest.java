package io.fiducia.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {
  @TempDir
  private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"a", "case_001", "Dataset004_Hippocampus", "hn 009", "a.b", "M\u00fcller",
    "\u0628\u06cc\u0645\u0627\u0631\u200c\u06f1", "\u60a3\u8005", "consent", "-x"})
  void plainNamesPass(String name) {
    assertThat(FileNames.check(name, "here")).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "/etc/x", "a/b", "a\\b", "C:x", "a\0b", "a\nb",
    "a\u001b[2J", "a\u202eb", ".hidden", "a.", " a", "a ", "a\u00a0", "nul", "COM1.x", "\ud800"})
  void namesThatAreNoSingleComponentAreRefused(String name) {
    assertThatThrownBy(() -> FileNames.check(name, "dataset.json, key dataset"))
        .isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.where()).isEqualTo("dataset.json, key dataset");
          assertThat(e.why().chars()).noneMatch(c -> c < ' ' || c == '\u202e');
        });
  }

  @Test
  void theLongestNameCanBeWrittenWithItsEndings() {
    String name = "\u00e4".repeat(FileNames.MAX_BYTES / 2);
    assertThat(FileNames.fault(name)).isEmpty();
    assertThat(FileNames.fault(name + "a")).hasValueSatisfying(
        f -> assertThat(f).contains("201 bytes"));
    assertThat(FileNames.fault("a".repeat(300))).isPresent();
    Path file = folder.resolve(name + "_0000.nii.gz");
    AtomicFiles.writeString(file, "x");
    assertThat(file).exists();
    assertThat(FileNames.printable("a".repeat(300)).getBytes(StandardCharsets.UTF_8).length)
        .isLessThan(110);
  }

  /** One letter with its accent, and a letter and an accent: the two forms of Unicode Annex 15. */
  @Test
  void namesThatAreOneFileOnSomeSystemsAreFound() {
    assertThat(FileNames.alike(List.of("b", "A", "Jos\u00e9", "a", "jose\u0301", "c")))
        .containsExactly(List.of("A", "a"), List.of("Jos\u00e9", "jose\u0301"));
    assertThat(FileNames.alike(List.of("a", "a", "b"))).isEmpty();
  }

  @Test
  void alikeNamesAreAWarningWhereTheFileSystemHoldsBoth() throws Exception {
    List<ProgressEvent> events = new ArrayList<>();
    FileNames.checkApart(List.of("a", "A", "b"), folder, events::add, (f, a, b) -> true);
    assertThat(events).singleElement().isInstanceOfSatisfying(ProgressEvent.Warning.class,
        w -> assertThat(w.text()).contains("a, A"));
    assertThatThrownBy(() -> FileNames.checkApart(List.of("a", "A", "b"), folder, events::add,
        (f, a, b) -> false)).isInstanceOfSatisfying(FiduciaException.class, e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.getMessage()).contains("a, A", folder.toString());
        });
  }

  @Test
  void theFileSystemItselfIsAsked() throws Exception {
    Path lower = folder.resolve("probe");
    Files.createFile(lower);
    boolean sensitive = !Files.exists(folder.resolve("PROBE"));
    List<ProgressEvent> events = new ArrayList<>();
    Path out = folder.resolve("out");
    if (sensitive) {
      FileNames.checkApart(List.of("a", "A"), out, events::add);
      assertThat(events).hasSize(1);
    } else {
      assertThatThrownBy(() -> FileNames.checkApart(List.of("a", "A"), out, events::add))
          .isInstanceOf(FiduciaException.class);
    }
    assertThat(out).isEmptyDirectory();
  }
}
