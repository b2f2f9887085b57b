package io.fiducia.app.cli;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/**
 * An error as the command line shows it: an exit code and four parts, of which all but the first may
 * be empty.
 */
record ErrorReport(int exitCode, String what, String where, String why, String advice) {
  private static final int INTERNAL = 1;
  private static final int BAD_INPUT = 3;
  private static final int OUT_OF_RESOURCES = 5;

  /** The report of whatever a command threw; the first known error in the chain of causes counts. */
  static ErrorReport of(Throwable error) {
    int depth = 0;
    for (Throwable t = error; t != null && depth < 20; t = t.getCause(), depth++) {
      ErrorReport known = known(t);
      if (known != null) {
        return known;
      }
    }
    return new ErrorReport(
        INTERNAL,
        "internal error: " + error.getClass().getSimpleName()
            + (error.getMessage() == null ? "" : ": " + error.getMessage()),
        "",
        "this is a fault of the program, not of your data",
        "run the command again with --debug and report what it prints");
  }

  private static ErrorReport known(Throwable error) {
    return switch (error) {
      case FiduciaException e -> new ErrorReport(
          e.kind().exitCode(), e.what(), e.where(), e.why(), e.advice());
      case OutOfMemoryError e -> new ErrorReport(
          OUT_OF_RESOURCES,
          "out of memory",
          "",
          e.getMessage() == null ? "" : e.getMessage(),
          "close other programs, use a smaller batch or patch or fewer --threads, or raise the"
              + " heap with FIDUCIA_JAVA_OPTS=-Xmx12g");
      case UnsatisfiedLinkError e -> new ErrorReport(
          INTERNAL,
          "libtorch cannot be loaded",
          "",
          e.getMessage() == null ? "" : e.getMessage(),
          "run 'fiducia doctor'");
      case NoSuchFileException e -> new ErrorReport(
          BAD_INPUT, "no such file or folder", e.getFile(), "", "check the path");
      case AccessDeniedException e -> new ErrorReport(
          BAD_INPUT,
          "permission denied",
          e.getFile(),
          "",
          "check who may read and write this path");
      case UncheckedIOException e -> known(e.getCause());
      case IOException e -> io(e);
      default -> null;
    };
  }

  private static ErrorReport io(IOException e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    String where = e instanceof FileSystemException f && f.getFile() != null ? f.getFile() : "";
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("no space left") || lower.contains("quota exceeded")) {
      return new ErrorReport(
          OUT_OF_RESOURCES, "the disk is full", where, message, "free some space and run again");
    }
    return new ErrorReport(
        BAD_INPUT, "cannot read or write", where, message, "check the path and the disk");
  }

  /** The lines {@code error:}, {@code where:}, {@code why:} and {@code try:}, without empty ones. */
  String text() {
    StringBuilder text = new StringBuilder("error: ").append(printable(what));
    append(text, "where: ", where);
    append(text, "why:   ", why);
    append(text, "try:   ", advice);
    return text.toString();
  }

  private static void append(StringBuilder text, String label, String part) {
    if (!part.isBlank()) {
      text.append(System.lineSeparator()).append(label).append(printable(part));
    }
  }

  /** The text with line breaks as spaces and control characters, which could fool a terminal, as ?. */
  static String printable(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
  }
}
