package io.fiducia.learn.augment;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Prepares batches ahead of the network, on its own threads.
 *
 * <p>{@link #next()} returns the batches of iteration 0, 1, ... of the first epoch, then of the
 * following epochs, without end. A batch is a function of (seed, mode, epoch, iteration) only: the
 * number of threads changes nothing but the speed, and a run that resumes at an epoch gets the
 * batches it would have got. Threads share the samples of a batch, so that even a single large
 * batch is prepared in parallel. At most {@code threads + 1} batches are held ahead.
 *
 * <p>If a worker fails, the earlier batches are still returned, then {@code next()} throws what the
 * worker threw. Close it when done: closing waits for samples under way and drops the rest.
 */
public final class BatchLoader implements AutoCloseable {
  private static final long CANCELLATION_CHECK_MS = 100;

  /** Whether batches train (augmented) or validate (as they are, differently seeded). */
  public enum Mode {
    TRAINING("training"),
    VALIDATION("validation");

    private final String purpose;

    Mode(String purpose) {
      this.purpose = purpose;
    }
  }

  /** A batch that is being filled. */
  private static final class Slot {
    final int epoch;
    final int iteration;
    final float[] data;
    final short[] seg;
    final List<Optional<Set<Integer>>> annotated;
    int given;
    int done;
    Throwable failure;

    Slot(int epoch, int iteration, float[] data, short[] seg, int batch) {
      this.epoch = epoch;
      this.iteration = iteration;
      this.data = data;
      this.seg = seg;
      this.annotated = new ArrayList<>(Collections.nCopies(batch, Optional.empty()));
    }
  }

  private final SampleMaker maker;
  private final int batchSize;
  private final int[] patch;
  private final int iterationsPerEpoch;
  private final Cancellation cancellation;
  private final List<Thread> workers = new ArrayList<>();
  private final int window;

  // All below is guarded by this lock.
  private final Object lock = new Object();
  private final Deque<Slot> ahead = new ArrayDeque<>();
  private int epoch;
  private int iteration;
  private boolean stopped;

  /**
   * What is in a batch.
   *
   * @param mode whether batches train or validate
   * @param batchSize samples per batch, at least 1
   * @param augmentation what is placed and drawn; in mode VALIDATION its {@link
   *     AugmentationSettings#validation()} is used
   */
  public record Content(Mode mode, int batchSize, AugmentationSettings augmentation) {
    public Content {
      if (batchSize < 1) {
        throw new IllegalArgumentException("batch size " + batchSize);
      }
    }
  }

  /**
   * Which batches come in which order.
   *
   * @param seed where all randomness comes from
   * @param iterationsPerEpoch after how many batches the next epoch begins, at least 1
   * @param firstEpoch the epoch of the first batch, from 0
   */
  public record Order(long seed, int iterationsPerEpoch, int firstEpoch) {
    public Order {
      if (iterationsPerEpoch < 1 || firstEpoch < 0) {
        throw new IllegalArgumentException(
            iterationsPerEpoch + " iterations per epoch, epoch " + firstEpoch);
      }
    }
  }

  /**
   * Starts the threads.
   *
   * @param cases at least one, all with the same number of channels
   * @param content what is in a batch
   * @param order which batches come in which order
   * @param threads at least one
   * @throws FiduciaException BAD_INPUT if the cases do not fit each other or the settings
   */
  public BatchLoader(List<? extends PatchSource> cases, Content content, Order order, int threads,
      Cancellation cancellation) {
    if (threads < 1) {
      throw new IllegalArgumentException(threads + " threads");
    }
    Mode mode = content.mode();
    AugmentationSettings settings = content.augmentation();
    AugmentationSettings used = mode == Mode.TRAINING ? settings : settings.validation();
    this.maker = new SampleMaker(List.copyOf(cases), content.batchSize(), used, order.seed(),
        mode.purpose);
    this.batchSize = content.batchSize();
    this.patch = settings.patch().stream().mapToInt(Integer::intValue).toArray();
    this.iterationsPerEpoch = order.iterationsPerEpoch();
    this.epoch = order.firstEpoch();
    this.cancellation = cancellation;
    this.window = threads + 1;
    for (int i = 0; i < threads; i++) {
      Thread worker = new Thread(this::work, mode.purpose + "-batches-" + i);
      worker.setDaemon(true);
      workers.add(worker);
    }
    workers.forEach(Thread::start);
  }

  /**
   * Returns the next batch and waits for it if necessary. The caller owns the arrays.
   *
   * @throws FiduciaException of kind CANCELLED after a request to stop, or what a worker threw
   * @throws IllegalStateException after closing, or after a failure was thrown
   */
  public Batch next() {
    synchronized (lock) {
      while (true) {
        if (cancellation.isRequested()) {
          stop();
          throw FiduciaException.cancelled("Making training batches");
        }
        if (stopped) {
          throw new IllegalStateException("this batch loader is closed");
        }
        Slot slot = ahead.peekFirst();
        if (slot != null && slot.failure != null) {
          stop();
          throw failed(slot);
        }
        if (slot != null && slot.done == batchSize) {
          ahead.removeFirst();
          lock.notifyAll();
          return new Batch(slot.data, slot.seg, batchSize, maker.channels(), patch.clone(),
              slot.annotated);
        }
        pause(CANCELLATION_CHECK_MS);
      }
    }
  }

  /** Returns the batch of one iteration, made by the calling thread; it equals that of {@link #next()}. */
  public Batch batch(int ofEpoch, int ofIteration) {
    Slot slot = newSlot(ofEpoch, ofIteration);
    Workspace workspace = new Workspace();
    for (int sample = 0; sample < batchSize; sample++) {
      make(slot, sample, workspace);
    }
    return new Batch(slot.data, slot.seg, batchSize, maker.channels(), patch.clone(),
        slot.annotated);
  }

  private static RuntimeException failed(Slot slot) {
    if (slot.failure instanceof Error error) {
      throw error;
    }
    if (slot.failure instanceof RuntimeException exception) {
      return exception;
    }
    return new IllegalStateException(
        "batch of epoch " + slot.epoch + ", iteration " + slot.iteration, slot.failure);
  }

  private Slot newSlot(int ofEpoch, int ofIteration) {
    int voxels = Math.multiplyExact(batchSize, maker.voxels());
    return new Slot(
        ofEpoch, ofIteration, new float[Math.multiplyExact(voxels, maker.channels())],
        new short[voxels], batchSize);
  }

  private void make(Slot slot, int sample, Workspace workspace) {
    Optional<Set<Integer>> annotated = maker.make(
        new SampleMaker.Key(slot.epoch, slot.iteration, sample), slot.data, slot.seg, workspace);
    synchronized (lock) {
      slot.annotated.set(sample, annotated);
    }
  }

  private void work() {
    Workspace workspace = new Workspace();
    while (true) {
      Slot slot = null;
      int sample;
      try {
        synchronized (lock) {
          slot = take();
          if (slot == null) {
            return;
          }
          sample = slot.given++;
        }
        make(slot, sample, workspace);
        synchronized (lock) {
          slot.done++;
          lock.notifyAll();
        }
      } catch (RuntimeException | Error failure) {
        report(slot, failure);
        return;
      }
    }
  }

  /** A batch with a sample left to make, or null when there is nothing more to do. */
  private Slot take() {
    while (!stopped && !cancellation.isRequested()) {
      for (Slot slot : ahead) {
        if (slot.given < batchSize) {
          return slot;
        }
      }
      if (ahead.size() < window) {
        Slot slot = newSlot(epoch, iteration);
        ahead.addLast(slot);
        iteration++;
        if (iteration == iterationsPerEpoch) {
          iteration = 0;
          epoch++;
        }
        return slot;
      }
      pause(CANCELLATION_CHECK_MS);
    }
    return null;
  }

  private void report(Slot slot, Throwable failure) {
    synchronized (lock) {
      Slot failed = slot;
      if (failed == null) {
        // There was no memory even for the batch's arrays.
        failed = new Slot(epoch, iteration, new float[0], new short[0], 0);
        ahead.addLast(failed);
      }
      if (failed.failure == null) {
        failed.failure = failure;
      } else if (failed.failure != failure) {
        failed.failure.addSuppressed(failure);
      }
      lock.notifyAll();
    }
  }

  private void stop() {
    stopped = true;
    ahead.clear();
    lock.notifyAll();
  }

  private void pause(long millis) {
    try {
      lock.wait(millis);
    } catch (InterruptedException e) {
      // The project stops work by Cancellation; another interrupt is kept for the code that requested it.
      Thread.currentThread().interrupt();
      throw FiduciaException.cancelled("Making training batches");
    }
  }

  /** Stops the threads and waits for samples under way; safe to call again. */
  @Override
  public void close() {
    synchronized (lock) {
      stop();
    }
    boolean interrupted = false;
    for (Thread worker : workers) {
      while (worker.isAlive()) {
        try {
          worker.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
