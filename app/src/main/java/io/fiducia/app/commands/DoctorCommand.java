package io.fiducia.app.commands;

import io.fiducia.app.Context;
import io.fiducia.app.FiduciaCommand;
import picocli.CommandLine.Command;

@Command(name = "doctor", description = "What works, what is missing, what to do.", footer = {"",
    "Example:", "  fiducia doctor --json"})
public final class DoctorCommand extends FiduciaCommand {
  @Override
  protected int run(Context context) {
    return 0;
  }
}
