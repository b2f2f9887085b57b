package io.fiducia.app.cli;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.torch.Device;
import io.fiducia.torch.TorchRuntime;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a command gets besides its own options.
 *
 * @param console where results, notes and warnings go
 * @param cancellation asked for by Ctrl-C; long work checks it
 * @param environment the process's environment variables (nnUNet_raw and others)
 * @param json whether standard output is to hold one JSON document instead of text
 * @param seedGiven the seed for everything random, if the user gave one
 * @param threads processor threads for arithmetic; the common pool has this size already
 * @param device where networks should run
 */
public record Context(
    Console console,
    Cancellation cancellation,
    Map<String, String> environment,
    boolean json,
    boolean verbose,
    OptionalLong seedGiven,
    int threads,
    DeviceChoice device) {

  /** The seed for everything random: the given one, or 0. */
  public long seed() {
    return seedGiven.orElse(0);
  }

  /** The same with another device. */
  public Context on(DeviceChoice other) {
    return new Context(console, cancellation, environment, json, verbose, seedGiven, threads,
        other);
  }

  /** The receiver of long work's events: bars on a terminal, occasional lines elsewhere. */
  public Progress progress() {
    return console.progress();
  }

  /**
   * The device for networks, with libtorch loaded, its threads and its generators set: the first
   * call of a command that computes. Unpacking at the very first use is announced.
   *
   * @throws FiduciaException USAGE if the device asked for is not there
   */
  public Device torchDevice() {
    NativeLibraries.announce(console);
    TorchRuntime.setThreads(threads);
    TorchRuntime.manualSeed(seed());
    return Device.parse(device.toString());
  }
}
