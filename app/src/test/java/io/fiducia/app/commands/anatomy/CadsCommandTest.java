package io.fiducia.app.commands.anatomy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on the scans and models of the module's own tests, see its CadsFixture. */
class CadsCommandTest {
  private static final Path FIXTURE = Path.of(System.getProperty("fiducia.root"), "anatomy", "src",
      "test", "resources", "io", "fiducia", "anatomy", "cads", "cads.zip");

  @TempDir
  static Path shared;

  @TempDir
  Path folder;

  @BeforeAll
  static void unpack() throws IOException {
    try (InputStream in = Files.newInputStream(FIXTURE);
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
        Path file = shared.resolve(e.getName());
        Files.createDirectories(file.getParent());
        Files.write(file, zip.readAllBytes());
      }
    }
  }

  private CommandLineFixture run(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "cads";
    System.arraycopy(args, 0, all, 1, args.length);
    return CommandLineFixture.run(
        Map.of("CADS_WEIGHTS_PATH", shared.resolve("weights").toString()), all);
  }

  private String scan(String name) {
    return shared.resolve("scans").resolve(name + ".nii.gz").toString();
  }

  private String out() {
    return folder.resolve("out").toString();
  }

  @Test
  void runsATaskWithCadssOwnOptionsAndWritesItsFiles() throws IOException {
    Path in = Files.createDirectories(folder.resolve("in"));
    Files.copy(Path.of(scan("sal")), in.resolve("good.nii.gz"));
    Files.writeString(in.resolve("bad.nii.gz"), "no image");
    CommandLineFixture done = run("-in", in.toString(), "-out", out(), "-task", "556", "--cpu",
        "-np",
        "2", "-ns", "2", "--verbose", "--ml", "--names", "tg263", "--sex", "female", "--json");
    assertThat(done.exitCode()).as(done.err()).isEqualTo(4);
    assertThat(done.json().path("cases").size()).isEqualTo(2);
    assertThat(done.json().path("failed").get(0).asString()).isEqualTo("bad");
    assertThat(done.err()).contains("prostate").contains("case bad failed");
    Path own = folder.resolve("out").resolve("good");
    assertThat(own.resolve("good_part_556.nii.gz")).exists();
    assertThat(own.resolve("good_combined.nii.gz")).exists();
    assertThat(Files.readString(own.resolve("labels.json"))).contains("\"110\" : \"Rectum\"")
        .doesNotContain("\"111\"");
    assertThat(folder.resolve("out").resolve("bad").resolve("bad_ERROR.log")).exists();
    CommandLineFixture again = run("-in", in.toString(), "-out", out(), "-task", "556");
    assertThat(again.exitCode()).isEqualTo(3);
    assertThat(again.err()).contains("exists already");
  }

  @Test
  void wrongUseIsExplained() {
    assertThat(run("-out", out()).err()).contains("-in");
    assertThat(run("-in", scan("sal"), "-out", out(), "-task", "5566").exitCode()).isEqualTo(2);
    CommandLineFixture structure = run("-in", scan("sal"), "-out", out(), "-task", "sigmoid");
    assertThat(structure.exitCode()).isEqualTo(2);
    assertThat(structure.err()).contains("belongs to task 556");
    assertThat(run("-in", scan("sal"), "-out", out(), "-license", "free").exitCode())
        .isEqualTo(2);
    assertThat(run("-in", scan("sal"), "-out", out(), "--overwrite", "--continue").exitCode())
        .isEqualTo(2);
    assertThat(run("-in", folder.resolve("none").toString(), "-out", out()).exitCode())
        .isEqualTo(3);
  }

  @Test
  void missingWeightsSayWhatToGetAndUnderWhichLicence() {
    CommandLineFixture none = run("-in", scan("sal"), "-out", out(), "-task", "551", "-license",
        "open");
    assertThat(none.exitCode()).isEqualTo(3);
    assertThat(none.err()).contains("551", "Dataset551_Totalseg251", "CC BY-SA 4.0",
        "cads weights import");
    assertThat(folder.resolve("out")).doesNotExist();
    CommandLineFixture nowhere = CommandLineFixture.run(Map.of(), "cads", "-in", scan("sal"),
        "-out", out());
    assertThat(nowhere.exitCode()).isEqualTo(3);
    assertThat(nowhere.err()).contains("CADS_WEIGHTS_PATH");
  }
}
