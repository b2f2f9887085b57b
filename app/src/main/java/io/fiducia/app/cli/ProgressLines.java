package io.fiducia.app.cli;

import io.fiducia.base.ProgressEvent;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Draws running tasks: on a terminal one bar that is redrawn in place, elsewhere a line at most
 * every half minute, so that a log stays readable. Not thread-safe: {@link Console} guards it.
 */
final class ProgressLines {
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final long LINE_NANOS = 30_000_000_000L;
  private static final int BAR = 24;

  private final PrintStream err;
  private final Console.Style style;
  private final LongSupplier clock;
  private final Map<String, Task> tasks = new LinkedHashMap<>();
  private boolean drawn;

  ProgressLines(PrintStream err, Console.Style style, LongSupplier clock) {
    this.err = err;
    this.style = style;
    this.clock = clock;
  }

  /** One task's state; times by the clock. */
  private static final class Task {
    final String name;
    final long total;
    final String unit;
    final long started;
    long shown;
    /** What an earlier run had done: no part of this run's speed. */
    long base = -1;
    long done;
    String detail = "";

    Task(ProgressEvent.Started event, long now) {
      name = event.task();
      total = event.total();
      unit = event.unit();
      started = now;
      shown = now;
    }
  }

  void started(ProgressEvent.Started event) {
    Task task = new Task(event, clock.getAsLong());
    tasks.put(event.task(), task);
    if (style.terminal()) {
      draw(task);
    }
  }

  void advanced(ProgressEvent.Advanced event) {
    Task task = tasks.get(event.task());
    if (task == null) {
      return;
    }
    task.done = event.done();
    if (task.base < 0) {
      task.base = Math.max(0, task.done - 1);
    }
    task.detail = event.detail();
    long now = clock.getAsLong();
    if (now - task.shown >= (style.terminal() ? REDRAW_NANOS : LINE_NANOS)) {
      task.shown = now;
      draw(task);
    }
  }

  void finished(ProgressEvent.Finished event) {
    Task task = tasks.remove(event.task());
    if (task == null || style.quiet()) {
      return;
    }
    clear();
    long elapsed = clock.getAsLong() - task.started;
    // Short tasks leave no line behind: they would only push the results off the screen.
    if (elapsed >= 1_000_000_000L) {
      long done = Math.max(task.done, task.total);
      boolean counted = done > 0 && !task.unit.isEmpty();
      err.println(task.name + ": done" + (counted ? ", " + done + " " + task.unit : "") + " in "
          + time(elapsed));
    }
  }

  /** Removes a bar, so that other text can be written. */
  void clear() {
    if (drawn) {
      err.print("\r\u001b[K");
      err.flush();
      drawn = false;
    }
  }

  private void draw(Task task) {
    if (style.quiet()) {
      return;
    }
    String line = line(task);
    if (style.terminal()) {
      err.print("\r\u001b[K" + line.substring(0, Math.min(line.length(), style.columns() - 1)));
      err.flush();
      drawn = true;
    } else {
      err.println(line);
    }
  }

  private String line(Task task) {
    long elapsed = clock.getAsLong() - task.started;
    StringBuilder text = new StringBuilder(task.name);
    if (task.total > 0) {
      double part = Math.min(1.0, (double) task.done / task.total);
      if (style.terminal()) {
        int filled = (int) Math.round(part * BAR);
        text.append(" [").append("#".repeat(filled)).append(".".repeat(BAR - filled)).append(']');
      }
      text.append(String.format(Locale.ROOT, " %3.0f %%", 100 * part));
      if (!task.unit.isEmpty()) {
        text.append("  ").append(task.done).append('/').append(task.total).append(' ')
            .append(task.unit);
      }
      if (task.done > task.base) {
        long left = (long) (elapsed
            * ((double) (task.total - task.done) / (task.done - Math.max(0, task.base))));
        text.append(", ").append(time(Math.max(0, left))).append(" left");
      }
    } else {
      text.append("  ").append(task.done).append(' ').append(task.unit).append(", ")
          .append(time(elapsed));
    }
    if (!task.detail.isEmpty()) {
      text.append("  ").append(task.detail);
    }
    return ErrorReport.printable(text.toString());
  }

  private static String time(long nanos) {
    long seconds = nanos / 1_000_000_000L;
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
