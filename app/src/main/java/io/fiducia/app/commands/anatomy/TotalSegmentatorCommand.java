package io.fiducia.app.commands.anatomy;

import io.fiducia.app.cli.GroupCommand;
import picocli.CommandLine.Command;

/** The word before what is done with TotalSegmentator's models. */
@Command(name = "totalsegmentator", description = {
  "TotalSegmentator's models, whose weights must be on this machine."}, subcommands = {
    TotalSourceCommand.class}, footer = {"", "Example:",
      "  fiducia totalsegmentator source --task total --part organs -o organs"})
public final class TotalSegmentatorCommand extends GroupCommand {}
