package io.fiducia.nnunet.preprocess;

import io.fiducia.base.Cancellation;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Bytes that cases may use together; one case is always let through, however large. */
final class MemoryBudget {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private final long total;
  private long used;

  MemoryBudget(long total) {
    this.total = total;
  }

  /** Waits until the bytes are free; a stop is noticed when another case gives its bytes back. */
  void take(long bytes, Cancellation cancellation) {
    lock.lock();
    try {
      while (used > 0 && used + bytes > total) {
        freed.awaitUninterruptibly();
        cancellation.check("preprocessing");
      }
      used += bytes;
    } finally {
      lock.unlock();
    }
  }

  void giveBack(long bytes) {
    lock.lock();
    try {
      used -= bytes;
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
