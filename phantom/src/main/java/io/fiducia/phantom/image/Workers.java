package io.fiducia.phantom.image;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Threads of one scan. Work that itself streams in parallel uses them too. */
final class Workers implements AutoCloseable {
  private final ForkJoinPool pool;

  Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads " + threads);
    }
    this.pool = new ForkJoinPool(threads);
  }

  /** Runs something on these threads and waits for it. */
  <T> T call(Supplier<T> work) {
    return pool.invoke(ForkJoinTask.adapt(work::get));
  }

  /** Runs something for 0 to n - 1, in any order. */
  void each(int n, IntConsumer work) {
    pool.invoke(ForkJoinTask.adapt(() -> IntStream.range(0, n).parallel().forEach(work)));
  }

  @Override
  public void close() {
    pool.shutdown();
  }
}
