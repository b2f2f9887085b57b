package io.fiducia.base;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A request to stop, checked by long work at each patch, step or case. Threads are never
 * interrupted: that would close files under their readers.
 */
public final class Cancellation {
  private final AtomicBoolean requested = new AtomicBoolean();

  /** Asks the work to stop at its next safe place. */
  public void cancel() {
    requested.set(true);
  }

  public boolean isRequested() {
    return requested.get();
  }

  /** Throws a {@link FiduciaException} of kind CANCELLED if a stop was asked for. */
  public void check(String work) {
    if (requested.get()) {
      throw FiduciaException.cancelled(work);
    }
  }
}
