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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /**
   * What takes the user's locale where none is given. Under ar-EG, fa, bn or mr {@code %d} writes other
   * digits, so that JSON is invalid and files are not found; under tr the lower case of I is no i.
   */
  private static final List<Pattern> DEFAULT_LOCALE = Stream.of(
      "\\bString\\s*\\.\\s*format\\s*\\((?!\\s*ROOT)", "\\.\\s*format\\s*\\(\\s*\"",
      "\\.\\s*formatted\\s*\\(", "\\.\\s*printf\\s*\\((?!\\s*ROOT)",
      "\\.\\s*to(Lower|Upper)Case\\s*\\(\\s*\\)",
      "::\\s*(format|formatted|printf)\\b", "(?<!Character)::\\s*to(Lower|Upper)Case\\b",
      "\\bnew\\s+(java\\.util\\.)?Formatter\\s*\\((?![^;]*\\bROOT)",
      "\\bnew\\s+(java\\.util\\.)?Scanner\\b",
      "\\bNumberFormat\\s*\\.\\s*get\\w*Instance\\s*\\((?!\\s*ROOT)",
      "\\bnew\\s+(java\\.text\\.)?(DecimalFormat|SimpleDateFormat|MessageFormat)\\s*\\((?![^;]*ROOT)",
      "\\bMessageFormat\\s*\\.\\s*format\\b",
      "\\bDateTimeFormatter\\s*\\.\\s*of\\w+\\s*\\((?![^;]*\\bROOT)",
      "\\bLocale\\s*\\.\\s*getDefault\\b").map(Pattern::compile).toList();

  @Test
  void whatIsWrittenDoesNotDependOnTheLocale() throws IOException {
    List<String> places = new ArrayList<>();
    for (Path file : sources()) {
      if (file.toString().replace('\\', '/').contains("/src/main/")) {
        dependingOnTheLocale(Files.readString(file))
            .forEach(found -> places.add(file.getFileName() + ": " + found));
      }
    }
    assertThat(places).as("give Locale.ROOT").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"String.format(\"%d\", n)", "String.format(pattern, n)",
    "java.lang.String\n  .format(\n \"%d\", n)", "\"%d\".formatted(n)",
    "\"\"\"\n %d \\\"\"\"\n\"\"\".formatted(n)", "out.printf(\"%d\", n)", "out.format(\"%d\", n)",
    "name.toLowerCase()", "name.toUpperCase( )", "names.map(String::toLowerCase)",
    "of(String::format)", "new Formatter(out)", "new java.util.Formatter()", "new Scanner(in)",
    "NumberFormat.getInstance()", "new DecimalFormat(\"0.0\")",
    "MessageFormat.format(\"{0}\", n)", "DateTimeFormatter.ofPattern(\"yyyy\")",
    "String.format(Locale.ENGLISH, \"%d\", n)", "String.format(Locale.getDefault(), \"%d\", n)"})
  void theLocaleRuleFindsEachWay(String code) {
    assertThat(dependingOnTheLocale("class A { Object f() { return " + code + "; } }"))
        .isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"String.format(Locale.ROOT, \"%d\", n)",
    "String.format(\n java.util.Locale.ROOT, pattern, n)", "out.printf(Locale.ROOT, \"%d\", n)",
    "name.toLowerCase(Locale.ROOT)", "Character.toLowerCase(c)", "checkpoint.format()",
    "options.with(maps.format())", "FILE.format(now)",
    "\"call x.toLowerCase() and String.format(\"",
    "1 // String.format(\"%d\", n)\n", "/* \"%d\".formatted(n) */ 1", "'\"' + x + '\\''",
    "DateTimeFormatter.ofPattern(\"yyyy\", Locale.ROOT)", "DateTimeFormatter.ISO_INSTANT"})
  void theLocaleRuleLetsTheRestPass(String code) {
    assertThat(dependingOnTheLocale("class A { Object f() { return " + code + "; } }")).isEmpty();
  }

  private static List<String> dependingOnTheLocale(String source) {
    String code = code(source).replaceAll("(java\\.util\\.)?Locale\\.ROOT\\b", "ROOT");
    return DEFAULT_LOCALE.stream().flatMap(p -> p.matcher(code).results())
        .map(m -> m.group().replaceAll("\\s+", "")).toList();
  }

  /** The source with comments taken out and all literals emptied. */
  private static String code(String source) {
    // Unrolled loops: alternatives in a loop would overflow the stack on a long text.
    return Pattern.compile("(?s)//[^\n]*|/\\*.*?\\*/|\"\"\"[^\\\\]*?(?:\\\\.[^\\\\]*?)*?\"\"\""
        + "|\"[^\"\\\\]*(?:\\\\.[^\"\\\\]*)*\"|'[^'\\\\]*(?:\\\\.[^'\\\\]*)*'")
        .matcher(source)
        .replaceAll(
            m -> m.group().startsWith("/") ? " " : m.group().startsWith("'") ? "' '" : "\"\"");
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
