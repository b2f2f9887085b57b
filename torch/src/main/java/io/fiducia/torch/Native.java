package io.fiducia.torch;

import io.fiducia.base.FiduciaException;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;

/** Calls into libtorch, with its errors reported in one line. */
final class Native {
  private Native() {}

  /**
   * Runs one operation.
   *
   * @throws FiduciaException OUT_OF_RESOURCES if memory of the CPU or the GPU ran out, else INTERNAL;
   *     it holds the first line of what C++ threw, the operation's name and its operands' shapes
   */
  static <T> T call(String operation, Supplier<T> body, Tensor... operands) {
    try {
      return body.get();
    } catch (FiduciaException e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError e) {
      throw translate(operation, e, operands);
    }
  }

  static void run(String operation, Runnable body, Tensor... operands) {
    call(operation, () -> {
      body.run();
      return Boolean.TRUE;
    }, operands);
  }

  static FiduciaException translate(String operation, Throwable error, Tensor... operands) {
    String message = String.valueOf(error.getMessage());
    int end = message.indexOf('\n');
    String first = (end < 0 ? message : message.substring(0, end)).strip();
    StringBuilder where = new StringBuilder(operation);
    for (Tensor each : operands) {
      where.append(' ').append(shapeOf(each));
    }
    String lower = message.toLowerCase(Locale.ROOT);
    if (error instanceof OutOfMemoryError || lower.contains("out of memory")
        || lower.contains("defaultcpuallocator") || lower.contains("can't allocate memory")) {
      return FiduciaException.outOfResources("out of memory", where, first,
          "use a smaller patch or batch, close other programs, or choose another device", error);
    }
    if (error instanceof NullPointerException) {
      return FiduciaException.internal("a tensor was used after its scope closed", where.toString(),
          first,
          "keep it in the enclosing scope, or give it to a TensorOwner", error);
    }
    return FiduciaException.internal("libtorch refused " + operation, where.toString(), first, "",
        error);
  }

  private static String shapeOf(Tensor tensor) {
    try {
      return Arrays.toString(tensor.shape());
    } catch (RuntimeException e) {
      return "[closed]";
    }
  }
}
