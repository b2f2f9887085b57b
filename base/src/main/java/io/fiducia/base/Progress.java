package io.fiducia.base;

/** Receives {@link ProgressEvent}s; implementations must be safe to call from several threads. */
@FunctionalInterface
public interface Progress {
  void accept(ProgressEvent event);

  /** A receiver that ignores everything. */
  static Progress none() {
    return event -> {};
  }

  default void started(String task, long total, String unit) {
    accept(new ProgressEvent.Started(task, total, unit));
  }

  default void advanced(String task, long done, String detail) {
    accept(new ProgressEvent.Advanced(task, done, detail));
  }

  default void finished(String task) {
    accept(new ProgressEvent.Finished(task));
  }

  default void note(String text) {
    accept(new ProgressEvent.Note(text));
  }

  default void warning(String text) {
    accept(new ProgressEvent.Warning(text));
  }
}
