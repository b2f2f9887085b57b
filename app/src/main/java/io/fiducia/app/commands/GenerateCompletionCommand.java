package io.fiducia.app.commands;

import io.fiducia.app.Commands;
import io.fiducia.app.Context;
import io.fiducia.app.FiduciaCommand;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** Writes a script that completes commands and options with the tab key. */
@Command(name = "generate-completion", description = "A script for bash and zsh that completes commands and options.", footer = {
  "", "Example:", "  source <(fiducia generate-completion)"})
public final class GenerateCompletionCommand extends FiduciaCommand {
  @Override
  protected int run(Context context) {
    context.console().result(AutoComplete.bash("fiducia", Commands.program()));
    return 0;
  }
}
