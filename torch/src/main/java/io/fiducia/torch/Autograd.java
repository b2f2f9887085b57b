package io.fiducia.torch;

import org.bytedeco.pytorch.GradMode;

/** Switches the recording of gradients, per thread. */
public final class Autograd {
  private Autograd() {}

  /** Restores the former mode when closed; use with try-with-resources. */
  public interface Guard extends AutoCloseable {
    @Override
    void close();
  }

  /** A guard under which nothing is recorded for backward. */
  public static Guard noGrad() {
    return set(false);
  }

  /** A guard under which operations are recorded for backward, as they are by default. */
  public static Guard withGrad() {
    return set(true);
  }

  private static Guard set(boolean enabled) {
    boolean before = GradMode.is_enabled();
    GradMode.set_enabled(enabled);
    return () -> GradMode.set_enabled(before);
  }

  /** Whether operations of this thread are recorded for backward. */
  public static boolean isEnabled() {
    return GradMode.is_enabled();
  }
}
