package io.fiducia.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch;

/** Process-wide settings of libtorch. */
public final class TorchRuntime {
  private TorchRuntime() {}

  /** Sets how many threads one operation on the CPU may use; results can differ in the last digits. */
  public static void setThreads(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, found " + threads);
    }
    Native.run("set_num_threads", () -> torch.set_num_threads(threads));
  }

  /** How many threads one operation on the CPU may use. */
  public static int threads() {
    return Native.call("get_num_threads", torch::get_num_threads);
  }

  /** Seeds libtorch's own generators, on all devices. */
  public static void manualSeed(long seed) {
    Native.run("manual_seed", () -> torch.manual_seed(seed));
  }

  /** The version of libtorch and of its binding, for example {@code 2.10.0-1.5.13}. */
  public static String version() {
    try {
      return String.valueOf(Loader.getVersion("org.bytedeco", "pytorch"));
    } catch (IOException e) {
      throw new UncheckedIOException("the binding's own version cannot be read", e);
    }
  }

  /**
   * Asks for the same bytes from the same inputs; on GPUs some operations become slower and those
   * without a deterministic form only warn.
   */
  public static void setDeterministic(boolean deterministic) {
    Native.run("setDeterministicAlgorithms", () -> {
      var context = torch.globalContext();
      context.setDeterministicAlgorithms(deterministic, true);
      context.setDeterministicCuDNN(deterministic);
      context.setBenchmarkCuDNN(!deterministic);
      // Filling every fresh buffer would cost time and change no result.
      context.setDeterministicFillUninitializedMemory(false);
    });
  }

  /** Bytes of main memory this process holds now (resident set). */
  public static long physicalBytes() {
    return Pointer.physicalBytes();
  }

  /** How many native objects the binding holds now; constant between steps if nothing leaks. */
  public static long nativeObjects() {
    return Pointer.totalCount();
  }
}
