package io.fiducia.app.commands;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** Writes a script that completes commands and options with the tab key. */
@Command(name = "generate-completion", description = "Prints a script for bash and zsh that completes commands and options.", footer = {
  "", "Example:", "  source <(fiducia generate-completion)"})
public final class GenerateCompletionCommand extends FiduciaCommand {
  @Override
  protected int run(Context context) {
    context.console().result(AutoComplete.bash("fiducia", spec().root().commandLine()));
    return 0;
  }
}
