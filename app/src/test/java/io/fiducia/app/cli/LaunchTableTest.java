package io.fiducia.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiducia.app.Commands;
import io.fiducia.app.cli.LaunchTable.Row;
import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LaunchTableTest {
  private static final LaunchTable TABLE = LaunchTable.read(
      Path.of(System.getProperty("fiducia.root"), "config", "launch.tsv"));

  @TempDir
  private Path folder;

  /** Maven gives the tests the environment that the launcher gives to users. */
  @Test
  void testsRunUnderTheAllocatorSettingsOfTheProduct() {
    Map<String, String> expected = new LinkedHashMap<>(row("every").environment());
    expected.putAll(row("*").environment());
    assertThat(expected).containsKeys("MALLOC_ARENA_MAX", "MALLOC_MMAP_THRESHOLD_",
        "MALLOC_TRIM_THRESHOLD_", "OMP_WAIT_POLICY");
    expected.forEach((name, value) -> assertThat(System.getenv(name)).as(name).isEqualTo(value));
    assertThat(System.getenv().keySet().stream()
        .filter(name -> name.startsWith("MALLOC_") || name.startsWith("OMP_WAIT")))
        .as("no settings that users do not get").allMatch(expected::containsKey);
  }

  /** A mistyped command would silently get the settings of the last row. */
  @Test
  void everyRowNamesACommandAndAnOptionThatExist() {
    for (Row row : TABLE.rows()) {
      if (List.of("every", "none", "*").contains(row.command())) {
        continue;
      }
      CommandLine command = Commands.program();
      for (String word : row.command().split(" ")) {
        command = command.getSubcommands().get(word);
        assertThat(command).as(row.command()).isNotNull();
      }
      if (!row.option().isEmpty()) {
        String option = row.option().substring(0, row.option().indexOf('='));
        assertThat(command.getCommandSpec().findOption(option)).as(row.option()).isNotNull();
      }
    }
  }

  /** The launcher knows which of the options that stand before a command take a value. */
  @Test
  void theLauncherKnowsTheOptionsOfEveryCommandThatTakeAValue() throws IOException {
    String launcher = Files.readString(Path.of(System.getProperty("fiducia.root"), "fiducia"));
    String line = launcher.lines().filter(l -> l.strip().startsWith("--threads |")).findFirst()
        .orElseThrow();
    List<String> known = List.of(line.substring(0, line.indexOf(')')).strip().split(" \\| "));
    List<String> valued = Commands.program().getCommandSpec().options().stream()
        .filter(o -> o.arity().max() > 0).flatMap(o -> List.of(o.names()).stream()).toList();
    assertThat(known).containsExactlyInAnyOrderElementsOf(valued);
    String windows = Files.readString(Path.of(System.getProperty("fiducia.root"), "fiducia.cmd"));
    assertThat(windows).contains("in (" + String.join(" ", known) + ")");
  }

  @Test
  void theLastRowFitsEveryCommandAndEachRowSaysWhy() {
    assertThat(TABLE.rows().get(TABLE.rows().size() - 1).command()).isEqualTo("*");
    assertThat(TABLE.rows()).allSatisfy(r -> assertThat(r.why()).isNotEmpty());
    assertThat(TABLE.rows()).filteredOn(r -> !r.command().equals("every"))
        .allSatisfy(r -> assertThat(r.heap()).matches("\\d+%|\\d+[mg]"));
  }

  @Test
  void aPersonSeesEveryRow() {
    assertThat(TABLE.lines()).contains("  nnunet predict --precision=bf16",
        "      heap 40% -XX:+UseParallelGC -XX:MaxNewSize=384m -XX:TieredStopAtLevel=1"
            + " MALLOC_MMAP_THRESHOLD_=134217728");
    assertThat(row("phantom").toJson()).containsEntry("heap", "1600m").containsEntry("option", "")
        .containsEntry("environment", Map.of("MALLOC_MMAP_THRESHOLD_", "134217728"));
  }

  @Test
  void namesTheLineOfAnotherForm() throws IOException {
    Path file = Files.writeString(folder.resolve("launch.tsv"), "# head\n*\t-\t40%\n");
    assertThatThrownBy(() -> LaunchTable.read(file)).isInstanceOf(FiduciaException.class)
        .hasMessageContaining("line 2").hasMessageContaining("found 3");
  }

  private static Row row(String command) {
    return TABLE.rows().stream().filter(r -> r.command().equals(command)).findFirst()
        .orElseThrow();
  }
}
