package io.fiducia.torch;

import java.util.function.Supplier;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.global.torch;

/**
 * The threads of OpenBLAS, which multiplies libtorch's matrices on the CPU. It has its own threads and does not
 * notice when libtorch's call it: then every small product waits for threads that are all busy, and one fused
 * attention takes minutes instead of milliseconds on a machine with other work.
 */
final class BlasThreads {
  private BlasThreads() {}

  /** Runs an operation that calls OpenBLAS from several threads itself. */
  static <T> T single(Supplier<T> operation) {
    openblas.blas_set_num_threads(1);
    try {
      return operation.get();
    } finally {
      openblas.blas_set_num_threads(torch.get_num_threads());
    }
  }
}
