package io.fiducia.learn.train;

import io.fiducia.base.FiduciaException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Computes the values of a function for 0, 1, 2, ... ahead of their use, on threads of its own. One value
 * more than there are threads is kept.
 */
public final class AheadOfTime<T> implements AutoCloseable {
  private final IntFunction<T> function;
  private final ExecutorService threads;
  private final Deque<Future<T>> ahead = new ArrayDeque<>();
  private int next;

  /** Starts with the value at {@code first}. */
  public AheadOfTime(IntFunction<T> function, int first, int threads) {
    this.function = function;
    this.next = first;
    this.threads = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon()
        .name("ahead-", 0).factory());
    for (int i = 0; i <= threads; i++) {
      submit();
    }
  }

  private void submit() {
    int at = next++;
    ahead.addLast(threads.submit(() -> function.apply(at)));
  }

  /** The next value. What its computation threw is thrown here. */
  public T next() {
    submit();
    try {
      return ahead.removeFirst().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      if (e.getCause() instanceof RuntimeException exception) {
        throw exception;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FiduciaException.cancelled("computing the next step");
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
