package io.fiducia.base;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Checks names that come from a file or a folder (cases, datasets, plans, configurations) before they
 * become part of a path. A name that passes is one component of a path on every system: it cannot lead
 * out of its folder, it cannot hide, and a file of that name with the usual endings can be created.
 */
public final class FileNames {
  /**
   * The longest name in bytes of UTF-8. File systems allow 255; the rest is for endings, channel
   * numbers and the temporary names of {@link AtomicFiles}.
   */
  public static final int MAX_BYTES = 200;
  private static final int MAX_PRINTED = 100;
  /** Names of devices, which Windows opens in place of a file, whatever ending follows. */
  private static final Pattern DEVICE = Pattern.compile("(con|prn|aux|nul|com\\d|lpt\\d)(\\..*)?",
      Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private FileNames() {}

  /** Whether a folder can hold two files of these names. */
  @FunctionalInterface
  interface Probe {
    boolean holdsBoth(Path folder, String first, String second);
  }

  /**
   * Returns the name if it may become part of a path.
   *
   * @param where the file that the name comes from and the place in it, for the message
   * @throws FiduciaException BAD_INPUT naming the place, the name and what is wrong with it
   */
  public static String check(String name, Object where) {
    Optional<String> fault = fault(name);
    if (fault.isPresent()) {
      throw FiduciaException.badInput("a name cannot be part of a path", where,
          "expected a plain name, found \"" + printable(name) + "\": " + fault.get(),
          "rename it: letters, digits, - and _ are always accepted");
    }
    return name;
  }

  /** What is wrong with a name that is to become part of a path; empty if it may. */
  public static Optional<String> fault(String name) {
    if (name.isEmpty()) {
      return Optional.of("it is empty");
    }
    if (name.chars().anyMatch(c -> c == '/' || c == '\\' || c == ':')) {
      return Optional.of("it has a separator of paths (/, \\ or :)");
    }
    if (name.chars().anyMatch(FileNames::isControl)) {
      return Optional.of("it has control characters");
    }
    if (name.startsWith(".") || name.endsWith(".")) {
      return Optional.of("it begins or ends with a dot");
    }
    if (isSpace(name.codePointAt(0)) || isSpace(name.codePointBefore(name.length()))) {
      return Optional.of("it begins or ends with a space");
    }
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_BYTES) {
      return Optional.of("it has " + bytes + " bytes, more than " + MAX_BYTES);
    }
    if (DEVICE.matcher(name).matches()) {
      return Optional.of("it is the name of a device on Windows");
    }
    try {
      Path.of(name);
      return Optional.empty();
    } catch (InvalidPathException e) {
      // Characters that this system, or its locale's encoding, has not.
      return Optional.of("this system cannot write it (" + e.getReason() + ")");
    }
  }

  /** A name for a message: control characters replaced, and shortened if it is long. */
  public static String printable(String name) {
    StringBuilder text = new StringBuilder();
    name.codePoints().limit(MAX_PRINTED).forEach(c -> text.appendCodePoint(
        c < Character.MIN_SUPPLEMENTARY_CODE_POINT && isControl(c)
            || Character.getType(c) == Character.SURROGATE ? '?' : c));
    return name.codePointCount(0, name.length()) > MAX_PRINTED ? text + "..." : text.toString();
  }

  /** Control characters, line separators, and marks that reverse the text around them. */
  private static boolean isControl(int c) {
    return Character.isISOControl(c) || c == '\u2028' || c == '\u2029'
        || c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069';
  }

  private static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  /**
   * The key that names share which differ only in case or in their Unicode normal form: some file
   * systems (those of Windows and macOS) hold only one of them.
   */
  public static String key(String name) {
    String upper = Normalizer.normalize(name, Normalizer.Form.NFC).toUpperCase(Locale.ROOT);
    return Normalizer.normalize(upper.toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
  }

  /** The groups of names that differ only in case or in their Unicode normal form; mostly none. */
  public static List<List<String>> alike(Collection<String> names) {
    Map<String, List<String>> groups = new TreeMap<>();
    new LinkedHashSet<>(names)
        .forEach(n -> groups.computeIfAbsent(key(n), k -> new ArrayList<>()).add(n));
    return groups.values().stream().filter(g -> g.size() > 1).map(List::copyOf).toList();
  }

  /**
   * Makes sure that files of these names can lie in one folder. Names that differ only in case or
   * Unicode normal form are reported as a warning, because they are mixed up easily.
   *
   * @param folder where the files will be written; created if it is not there and two names are alike
   * @throws FiduciaException BAD_INPUT naming two names of which the folder's file system can hold
   *     only one
   */
  public static void checkApart(Collection<String> names, Path folder, Progress progress) {
    checkApart(names, folder, progress, FileNames::holdsBoth);
  }

  static void checkApart(Collection<String> names, Path folder, Progress progress, Probe probe) {
    for (List<String> group : alike(names)) {
      String text = "names that differ only in case or Unicode form: " + String.join(", ",
          group.stream().map(FileNames::printable).toList());
      for (int i = 1; i < group.size(); i++) {
        for (int j = 0; j < i; j++) {
          if (!probe.holdsBoth(folder, group.get(j), group.get(i))) {
            throw FiduciaException.badInput("two results would be one file", folder,
                text + "; the file system there cannot tell them apart",
                "rename one of them, or write to another file system");
          }
        }
      }
      progress.warning(text + "; they are taken for different ones");
    }
  }

  private static boolean holdsBoth(Path folder, String first, String second) {
    try {
      Files.createDirectories(folder);
      Path trial = Files.createTempDirectory(folder, ".names-");
      Path a = trial.resolve(first);
      Path b = trial.resolve(second);
      try {
        Files.createFile(a);
        Files.createFile(b);
        return true;
      } catch (FileAlreadyExistsException e) {
        return false;
      } finally {
        Files.deleteIfExists(b);
        Files.deleteIfExists(a);
        Files.delete(trial);
      }
    } catch (IOException e) {
      throw AtomicFiles.cannotWrite(folder, e);
    }
  }
}
