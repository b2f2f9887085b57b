package io.fiducia.app.cli;

/** A word before commands, such as {@code image}: alone it is a usage error that lists them. */
public abstract class GroupCommand extends FiduciaCommand {
  @Override
  protected final int run(Context context) {
    throw usageError(
        "'" + spec().qualifiedName() + "' needs a command: "
            + String.join(", ", spec().subcommands().keySet()));
  }
}
