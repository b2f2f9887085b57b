package io.fiducia.nnunet.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Expected folds come from scikit-learn's KFold and numpy's RandomState. */
class SplitsTest {
  @TempDir
  private Path folder;

  private static List<String> cases(int n) {
    return IntStream.range(0, n).mapToObj(i -> String.format("c%03d", i)).toList();
  }

  private static List<List<String>> vals(int n) {
    return Splits.create(cases(n).reversed()).folds().stream().map(Splits.Fold::val).toList();
  }

  @Test
  void foldsEqualScikitLearns() {
    assertThat(vals(7)).containsExactly(List.of("c003", "c006"), List.of("c000", "c004"),
        List.of("c001"), List.of("c005"), List.of("c002"));
    assertThat(vals(10)).containsExactly(List.of("c000", "c007"), List.of("c003", "c009"),
        List.of("c004", "c006"), List.of("c001", "c008"), List.of("c002", "c005"));
    assertThat(vals(20)).containsExactly(List.of("c003", "c008", "c013", "c016"),
        List.of("c000", "c010", "c012", "c015"), List.of("c006", "c007", "c011", "c017"),
        List.of("c009", "c014", "c018", "c019"), List.of("c001", "c002", "c004", "c005"));
  }

  @Test
  void aFoldBeyondTheFileIsRandomAndSeeded() {
    Splits.Fold fold = Splits.create(cases(10)).fold("5", cases(10));
    assertThat(fold.train())
        .containsExactly("c000", "c008", "c004", "c005", "c003", "c009", "c007", "c006");
    assertThat(fold.val()).containsExactly("c001", "c002");
  }

  @Test
  void allTrainsAndValidatesOnEverything() {
    Splits.Fold fold = Splits.create(cases(1)).fold("all", cases(1));
    assertThat(fold.train()).isEqualTo(fold.val()).containsExactly("c000");
  }

  @Test
  void fewCasesHaveAFoldEach() {
    List<Splits.Fold> folds = Splits.create(cases(3)).folds();
    assertThat(folds).hasSize(3).allSatisfy(f -> {
      assertThat(f.val()).hasSize(1);
      assertThat(f.train()).hasSize(2).doesNotContainAnyElementsOf(f.val());
    });
    assertThat(Splits.create(cases(1)).folds()).isEmpty();
    assertThatThrownBy(() -> Splits.create(cases(1)).fold("0", cases(1)))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("no training case");
  }

  @Test
  void theFileIsReadAsItWasWritten() throws IOException {
    Path file = folder.resolve("splits_final.json");
    Splits made = Splits.readOrCreate(file, cases(8));
    assertThat(Splits.readOrCreate(file, cases(3))).isEqualTo(made).isEqualTo(Splits.read(file));
    assertThatThrownBy(() -> made.fold("0", cases(3)))
        .hasMessageContaining("cases that are not there");
    Files.writeString(file, "[{\"train\": [\"a\"]}]");
    assertThatThrownBy(() -> Splits.read(file)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("fold 0 lacks");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"../x\"", "\"/etc/x\"", "\"a/b\"", "\"..\"", "\"a\\u0000\"", "\"\""})
  void namesThatArePathsAreRefused(String name) throws IOException {
    Path file = folder.resolve("splits_final.json");
    Files.writeString(file, "[{\"train\": [\"a\"], \"val\": [" + name + "]}]");
    assertThatThrownBy(() -> Splits.read(file)).isInstanceOfSatisfying(FiduciaException.class,
        e -> {
          assertThat(e.kind()).isEqualTo(FiduciaException.Kind.BAD_INPUT);
          assertThat(e.where()).contains("splits_final.json", "fold 0");
        });
  }

  @Test
  void aNameThatIsNoTextIsRefused() throws IOException {
    Path file = folder.resolve("splits_final.json");
    Files.writeString(file, "[{\"train\": [{}], \"val\": []}]");
    assertThatThrownBy(() -> Splits.read(file)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("expected names of cases");
  }

  /** The accent as a letter of its own, as macOS writes names of files. */
  @Test
  void aNameInAnotherUnicodeFormIsExplained() {
    Splits splits = new Splits(List.of(new Splits.Fold(List.of("jose\u0301"), List.of("b"))));
    assertThatThrownBy(() -> splits.fold("0", List.of("jos\u00e9", "b")))
        .hasMessageContaining("differs in case or Unicode form");
  }

  @Test
  void aFoldThatIsNoNumberIsRefused() {
    assertThatThrownBy(() -> Splits.create(cases(5)).fold("first", cases(5)))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("a number or all");
  }
}
