package io.fiducia.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

class MainTest {
  @TempDir
  private Path folder;

  @Test
  void versionIsOneLineOnStandardOutput() {
    CommandLineFixture result = CommandLineFixture.run("--version");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out().strip()).matches("fiducia \\d+\\.\\d+\\.\\d+\\S*");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void everyCommandHasHelpWithAnExample() {
    for (List<String> path : paths(Commands.program(), List.of())) {
      List<String> args = new ArrayList<>(path);
      args.add("--help");
      CommandLineFixture result = CommandLineFixture.run(args.toArray(String[]::new));
      assertThat(result.exitCode()).as(path.toString()).isZero();
      assertThat(result.out()).as(path.toString())
          .contains("Usage: fiducia " + String.join(" ", path), "--threads", "--seed", "Example:");
      assertThat(result.err()).as(path.toString()).isEmpty();
    }
  }

  @Test
  void misspeltOptionIsAUsageErrorThatNamesTheRightOne() {
    CommandLineFixture result = CommandLineFixture.run("doctor", "--thraeds", "3");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines()).containsExactly(
        "error: unknown option --thraeds",
        "try:   did you mean --threads? See fiducia doctor --help");
  }

  @Test
  void misspeltCommandIsAUsageErrorThatNamesTheRightOne() {
    CommandLineFixture result = CommandLineFixture.run("docter");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("error: unknown command docter", "did you mean doctor?");
  }

  @Test
  void noCommandIsAUsageErrorThatListsThem() {
    CommandLineFixture result = CommandLineFixture.run();
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).startsWith("error: ").contains("doctor");
  }

  @Test
  void impossibleValuesAreUsageErrors() {
    assertThat(CommandLineFixture.run("doctor", "--threads", "0").exitCode()).isEqualTo(2);
    assertThat(CommandLineFixture.run("doctor", "--threads", "many").exitCode()).isEqualTo(2);
    CommandLineFixture device = CommandLineFixture.run("doctor", "--device", "tpu");
    assertThat(device.exitCode()).isEqualTo(2);
    assertThat(device.err()).contains("expected auto, cpu, cuda or cuda:N, found 'tpu'");
  }

  @Test
  void optionsEverywhereMayStandBeforeTheCommand() {
    CommandLineFixture result = CommandLineFixture.run("--json", "doctor", "--device", "cpu");
    assertThat(result.exitCode()).isZero();
    assertThat(result.json().path("works").asBoolean()).isTrue();
  }

  @Test
  void doctorNamesFoldersAndWhatToDo() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    CommandLineFixture result = CommandLineFixture.run(
        Map.of("nnUNet_raw", folder.toString(), "nnUNet_results", file.toString()),
        "doctor",
        "--json");
    assertThat(status(result.json(), "nnUNet_raw")).isEqualTo("ok");
    assertThat(status(result.json(), "nnUNet_preprocessed")).isEqualTo("warning");
    assertThat(status(result.json(), "nnUNet_results")).isEqualTo("warning");
    for (JsonNode finding : result.json().path("findings")) {
      assertThat(finding.path("status").asString().equals("ok"))
          .isEqualTo(finding.path("advice").asString().isEmpty());
    }
  }

  /** The launcher names its table in a system property. */
  @Test
  void doctorPrintsTheStartOptionsInForce() {
    String table = Path.of(System.getProperty("fiducia.root"), "config", "launch.tsv").toString();
    System.setProperty("fiducia.launch", table);
    try {
      assertThat(CommandLineFixture.run("doctor").out())
          .contains("from " + table, "  nnunet predict --precision=bf16", "-XX:+UseSerialGC");
      JsonNode rows = CommandLineFixture.run("doctor", "--json").json().path("launch");
      assertThat(rows.get(rows.size() - 1).path("command").asString()).isEqualTo("*");
      assertThat(rows.get(rows.size() - 1).path("heap").asString()).isEqualTo("40%");
    } finally {
      System.clearProperty("fiducia.launch");
    }
    assertThat(CommandLineFixture.run("doctor", "--json").json().has("launch")).isFalse();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void bashSourcesTheCompletionScript() throws Exception {
    CommandLineFixture result = CommandLineFixture.run("generate-completion");
    assertThat(result.exitCode()).isZero();
    Path script = Files.writeString(folder.resolve("completion.bash"), result.out());
    Process bash = new ProcessBuilder(
        "bash",
        "-c",
        // Bash allows compopt only while the tab key is at work.
        "set -e; source \"$1\"; compopt() { :; }; COMP_WORDS=(fiducia doc); COMP_CWORD=1;"
            + " _complete_fiducia; echo \"${COMPREPLY[@]}\"",
        "bash",
        script.toString()).redirectErrorStream(true).start();
    String text = new String(bash.getInputStream().readAllBytes());
    assertThat(bash.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(bash.exitValue()).as(text).isZero();
    assertThat(text.strip()).isEqualTo("doctor");
  }

  private static String status(JsonNode document, String name) {
    for (JsonNode finding : document.path("findings")) {
      if (finding.path("name").asString().equals(name)) {
        return finding.path("status").asString();
      }
    }
    return "absent";
  }

  private static List<List<String>> paths(CommandLine command, List<String> path) {
    List<List<String>> all = new ArrayList<>();
    command.getSubcommands().forEach((name, sub) -> {
      List<String> below = new ArrayList<>(path);
      below.add(name);
      all.add(below);
      all.addAll(paths(sub, below));
    });
    return all;
  }
}
