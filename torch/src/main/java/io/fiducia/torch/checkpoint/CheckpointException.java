package io.fiducia.torch.checkpoint;

import io.fiducia.torch.TorchException;

/**
 * A checkpoint that cannot be read or written: {@code where} names the file and the place in it (an
 * opcode and its byte offset, a zip record, a tensor).
 */
public final class CheckpointException extends TorchException {
  private static final long serialVersionUID = 1L;

  private final boolean outOfMemory;

  /** Builds an error in the file's content or in access to it. */
  public CheckpointException(String what, String where, String why, String advice) {
    this(what, where, why, advice, false, null);
  }

  /** As the four-part constructor, also saying whether memory or disk ran out, and the cause. */
  public CheckpointException(
      String what,
      String where,
      String why,
      String advice,
      boolean outOfMemory,
      Throwable cause) {
    super(what, where, why, advice, cause);
    this.outOfMemory = outOfMemory;
  }

  /** True when memory or disk space ran out, rather than the file being wrong. */
  public boolean outOfMemory() {
    return outOfMemory;
  }
}
