package io.fiducia.nnunet.preprocess;

import io.fiducia.base.Cancellation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Runs work on each case in a few threads of its own. Not on the common pool: cases wait for memory,
 * and a waiting pool thread would hold up the parallel loops inside the cases that have it.
 */
final class CaseWorkers {
  private CaseWorkers() {}

  /** Returns when all is done; the first error stops what has not begun and is thrown. */
  static <T> void run(
      List<T> cases, int threads, Cancellation cancellation, Consumer<T> work) {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> error = new AtomicReference<>();
    Runnable worker = () -> {
      try {
        int i;
        while (error.get() == null && (i = next.getAndIncrement()) < cases.size()) {
          cancellation.check("preprocessing");
          work.accept(cases.get(i));
        }
      } catch (RuntimeException | Error e) {
        error.compareAndSet(null, e);
      }
    };
    List<CompletableFuture<Void>> others = new ArrayList<>();
    for (int t = 1; t < Math.min(threads, cases.size()); t++) {
      String name = "preprocess-" + t;
      others.add(CompletableFuture.runAsync(worker, task -> {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
      }));
    }
    worker.run();
    others.forEach(CompletableFuture::join);
    switch (error.get()) {
      case null -> {
      }
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(error.get());
    }
  }
}
