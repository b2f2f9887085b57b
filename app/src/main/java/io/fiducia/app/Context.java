package io.fiducia.app;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import java.util.Map;

/**
 * What a command gets besides its own options.
 *
 * @param console where results and talk go
 * @param cancellation asked for by Ctrl-C; long work checks it
 * @param environment the process's environment variables (nnUNet_raw and others)
 * @param json whether standard output is to hold one JSON document instead of text
 * @param seed for everything random
 * @param threads processor threads for arithmetic; the common pool has this size already
 * @param device where networks should run
 */
public record Context(
    Console console,
    Cancellation cancellation,
    Map<String, String> environment,
    boolean json,
    boolean verbose,
    long seed,
    int threads,
    DeviceChoice device) {

  /** The receiver of long work's events: bars on a terminal, occasional lines elsewhere. */
  public Progress progress() {
    return console.progress();
  }

  /** Tells, when libtorch's libraries must still be unpacked, why the first use takes longer. */
  public void prepareTorch() {
    NativeLibraries.announce(console);
  }
}
