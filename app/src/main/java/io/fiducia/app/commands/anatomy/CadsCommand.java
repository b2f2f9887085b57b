package io.fiducia.app.commands.anatomy;

import io.fiducia.app.cli.GroupCommand;
import picocli.CommandLine.Command;

/** The word before what is done with CADS's models. */
@Command(name = "cads", description = {
  "CADS's models, whose weights must be on this machine."}, subcommands = {
    CadsWeightsCommand.class, CadsSourceCommand.class}, footer = {"", "Example:",
      "  fiducia cads source --task 556 -license open -o pelvis"})
public final class CadsCommand extends GroupCommand {}
