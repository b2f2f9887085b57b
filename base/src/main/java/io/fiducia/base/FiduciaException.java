package io.fiducia.base;

/**
 * The one error that reaches a person: what happened, where, why, and what to try. The command line
 * prints the four parts and turns the {@link Kind} into an exit code. No part may hold patient
 * identity.
 */
public final class FiduciaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The closed set of reasons to stop, each with its exit code of the command line's contract. */
  public enum Kind {
    INTERNAL(1),
    USAGE(2),
    BAD_INPUT(3),
    PARTLY_DONE(4),
    OUT_OF_RESOURCES(5),
    CANCELLED(130);

    private final int exitCode;

    Kind(int exitCode) {
      this.exitCode = exitCode;
    }

    public int exitCode() {
      return exitCode;
    }
  }

  private final Kind kind;
  private final String what;
  private final String where;
  private final String why;
  private final String advice;

  /** Builds an error; an empty string stands for a part that has nothing to say. */
  public FiduciaException(
      Kind kind, String what, String where, String why, String advice, Throwable cause) {
    super(join(what, where, why), cause);
    this.kind = kind;
    this.what = what;
    this.where = where;
    this.why = why;
    this.advice = advice;
  }

  /** An error in what the user gave: a file, a folder, a value inside one. */
  public static FiduciaException badInput(String what, Object where, String why, String advice) {
    return new FiduciaException(Kind.BAD_INPUT, what, String.valueOf(where), why, advice, null);
  }

  /** An error in what the user gave, with the exception that was caught as its cause. */
  public static FiduciaException badInput(
      String what, Object where, String why, String advice, Throwable cause) {
    return new FiduciaException(Kind.BAD_INPUT, what, String.valueOf(where), why, advice, cause);
  }

  /** An error in how a command was called. */
  public static FiduciaException usage(String what, String why, String advice) {
    return new FiduciaException(Kind.USAGE, what, "", why, advice, null);
  }

  /** Memory or disk ran out. */
  public static FiduciaException outOfResources(
      String what, Object where, String why, String advice, Throwable cause) {
    return new FiduciaException(
        Kind.OUT_OF_RESOURCES, what, String.valueOf(where), why, advice, cause);
  }

  /** The user asked to stop. */
  public static FiduciaException cancelled(String what) {
    return new FiduciaException(Kind.CANCELLED, what, "", "cancelled on request", "", null);
  }

  private static String join(String what, String where, String why) {
    StringBuilder text = new StringBuilder(what);
    if (!where.isEmpty()) {
      text.append(" [").append(where).append(']');
    }
    if (!why.isEmpty()) {
      text.append(": ").append(why);
    }
    return text.toString();
  }

  public Kind kind() {
    return kind;
  }

  /** What happened, one line. */
  public String what() {
    return what;
  }

  /** File and place (offset, tag, key), or empty. */
  public String where() {
    return where;
  }

  /** Expected and found, or empty. */
  public String why() {
    return why;
  }

  /** What the user can try, or empty. */
  public String advice() {
    return advice;
  }
}
