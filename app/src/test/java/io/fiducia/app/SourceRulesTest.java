package io.fiducia.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules that compiled classes no longer show. */
class SourceRulesTest {
  private static final Pattern IMPORT = Pattern
      .compile("(?m)^import (?:static )?[\\w.]+\\.(\\w+);$");

  @Test
  void noImportIsUnused() throws IOException {
    List<String> unused = new ArrayList<>();
    for (Path file : sources()) {
      String text = Files.readString(file);
      Matcher m = IMPORT.matcher(text);
      while (m.find()) {
        // Javadoc counts: a link needs its import too.
        if (Pattern.compile("\\b" + m.group(1) + "\\b").matcher(text).results().count() < 2) {
          unused.add(file.getFileName() + ": " + m.group());
        }
      }
    }
    assertThat(unused).isEmpty();
  }

  /** A thread may keep the flag of an interrupt that came from elsewhere, but interrupt no other. */
  @Test
  void noThreadInterruptsAnother() throws IOException {
    for (Path file : sources()) {
      String text = Files.readString(file).replace("Thread.currentThread().interrupt()", "");
      assertThat(text).as(file.toString()).doesNotContain("." + "interrupt()");
    }
  }

  @Test
  void noSourceNamesThisMachine() throws IOException {
    for (Path file : sources()) {
      assertThat(Files.readString(file)).as(file.toString())
          .doesNotContain("/" + "work/", "/" + "tmp/wt", "/" + "root/");
    }
  }

  private static List<Path> sources() throws IOException {
    Path root = Path.of(System.getProperty("fiducia.root"));
    List<Path> files = new ArrayList<>();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.filter(m -> Files.isDirectory(m.resolve("src"))).toList()) {
        try (Stream<Path> all = Files.walk(module.resolve("src"))) {
          all.filter(f -> f.toString().endsWith(".java")).forEach(files::add);
        }
      }
    }
    assertThat(files).isNotEmpty();
    return files;
  }
}
