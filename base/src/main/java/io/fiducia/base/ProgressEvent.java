package io.fiducia.base;

/** What long work reports while it runs; libraries emit these, the command line draws them. */
public sealed interface ProgressEvent {
  /** A task begins; {@code total} counts {@code unit}s, 0 where the number is not known. */
  record Started(String task, long total, String unit) implements ProgressEvent {}

  /** {@code done} of the task's units are finished; {@code detail} is short and may be empty. */
  record Advanced(String task, long done, String detail) implements ProgressEvent {}

  /** The task is over. */
  record Finished(String task) implements ProgressEvent {}

  /** Something worth a line, but no problem. */
  record Note(String text) implements ProgressEvent {}

  /** Something the user should know although work goes on. */
  record Warning(String text) implements ProgressEvent {}
}
