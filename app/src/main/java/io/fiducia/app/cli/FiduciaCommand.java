package io.fiducia.app.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command: its own options as picocli fields, and what it does. */
public abstract class FiduciaCommand {
  @Mixin
  private GlobalOptions globalOptions;

  @Spec
  private CommandSpec spec;

  /**
   * Does the work and returns the exit code: 0, or 4 if some of it could not be done. Everything
   * else that goes wrong is thrown.
   */
  protected abstract int run(Context context) throws Exception;

  final GlobalOptions globalOptions() {
    return globalOptions;
  }

  /** The usage error of options that picocli alone cannot refuse; throw it. */
  protected final ParameterException usageError(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  /** What picocli knows of this command and the tree it stands in. */
  protected final CommandSpec spec() {
    return spec;
  }
}
