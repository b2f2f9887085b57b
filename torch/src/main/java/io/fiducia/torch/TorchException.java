package io.fiducia.torch;

/**
 * An error of the torch room: what happened, where, why, and what to try. It mirrors the image
 * module's FiduciaException, which this module cannot see; callers that see both translate it. No
 * part may hold patient identity.
 */
public class TorchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String what;
  private final String where;
  private final String why;
  private final String advice;

  /** Builds an error; an empty string stands for a part that has nothing to say. */
  public TorchException(String what, String where, String why, String advice) {
    this(what, where, why, advice, null);
  }

  /** As {@link #TorchException(String, String, String, String)}, keeping the exception caught. */
  public TorchException(String what, String where, String why, String advice, Throwable cause) {
    super(join(what, where, why), cause);
    this.what = what;
    this.where = where;
    this.why = why;
    this.advice = advice;
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

  /** What happened, one line. */
  public String what() {
    return what;
  }

  /** File and place (offset, tensor name, device), or empty. */
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
