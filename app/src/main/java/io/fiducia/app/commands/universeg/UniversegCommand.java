package io.fiducia.app.commands.universeg;

import io.fiducia.app.cli.GroupCommand;
import picocli.CommandLine.Command;

/** The word before what in-context networks do. */
@Command(name = "universeg", description = {
  "Segments a new structure after the example of a few contoured cases, without training",
  "(UniverSeg, MultiverSeg)."}, subcommands = {UniversegSegmentCommand.class,
    UniversegTrainCommand.class, UniversegScoreCommand.class}, footer = {"",
      "Example:",
      "  fiducia universeg segment --support Dataset004_Hippocampus --image mr.nii.gz -o out",
      "  fiducia universeg train --dataset Dataset901_HeadNeckOAR --minutes 60 -o model",
      "  fiducia universeg score --dataset Dataset004_Hippocampus -o curve"})
public final class UniversegCommand extends GroupCommand {}
