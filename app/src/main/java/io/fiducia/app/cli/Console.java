package io.fiducia.app.cli;

import io.fiducia.base.Progress;
import io.fiducia.base.ProgressEvent;
import java.io.PrintStream;

/**
 * The two output streams: results on standard output, notes and warnings on standard error. Safe to
 * call from several threads.
 */
public final class Console {
  /** How standard error may be used. */
  public record Style(boolean quiet, boolean terminal, boolean colour, int columns) {
    /** Plain lines, no bars, no colour: what a file or a test gets. */
    public static Style plain() {
      return new Style(false, false, false, 80);
    }

    Style withQuiet(boolean value) {
      return new Style(value, terminal, colour, columns);
    }
  }

  private final PrintStream out;
  private final PrintStream err;
  private final Style style;
  private final ProgressLines lines;

  public Console(PrintStream out, PrintStream err, Style style) {
    this.out = out;
    this.err = err;
    this.style = style;
    this.lines = new ProgressLines(err, style, System::nanoTime);
  }

  /** Writes one line of a result. */
  public synchronized void result(String line) {
    lines.clear();
    out.println(line);
  }

  /** Writes the one document of {@code --json}; numbers that do not exist are written as null. */
  public synchronized void json(Object document) {
    lines.clear();
    out.println(Json.write(document));
  }

  /** Reports something that is no problem; silent under {@code --quiet}. */
  public synchronized void note(String line) {
    if (!style.quiet()) {
      lines.clear();
      err.println(ErrorReport.printable(line));
    }
  }

  /** Reports something that the user should know, under {@code --quiet} too. */
  public synchronized void warning(String line) {
    lines.clear();
    err.println(paint("33", "warning:") + " " + ErrorReport.printable(line));
  }

  /** Writes an error's lines. */
  synchronized void error(ErrorReport report) {
    lines.clear();
    String text = report.text();
    err.println(paint("31", "error:") + text.substring("error:".length()));
  }

  synchronized void stackTrace(Throwable error) {
    error.printStackTrace(err);
  }

  /** The receiver of long work's events. */
  public Progress progress() {
    return this::accept;
  }

  private synchronized void accept(ProgressEvent event) {
    switch (event) {
      case ProgressEvent.Note note -> note(note.text());
      case ProgressEvent.Warning warning -> warning(warning.text());
      case ProgressEvent.Started started -> lines.started(started);
      case ProgressEvent.Advanced advanced -> lines.advanced(advanced);
      case ProgressEvent.Finished finished -> lines.finished(finished);
    }
  }

  synchronized void flush() {
    lines.clear();
    out.flush();
    err.flush();
  }

  private String paint(String colour, String text) {
    return style.colour() ? "\u001b[1;" + colour + "m" + text + "\u001b[0m" : text;
  }
}
