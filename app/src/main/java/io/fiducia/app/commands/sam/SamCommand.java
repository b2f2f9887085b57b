package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.GroupCommand;
import picocli.CommandLine.Command;

/** The word before what the SAM family does. */
@Command(name = "sam", description = {
  "Segments what boxes and points show (SAM, MedSAM, MobileSAM, LiteMedSAM). Experimental."}, subcommands = {
    SamSegmentCommand.class, SamEverythingCommand.class, SamScoreCommand.class,
    SamAdaptCommand.class, SamTrainCommand.class}, footer = {"",
      "Example:",
      "  fiducia sam segment --weights sam_vit_b_01ec64.pth --image ct.nii.gz --slice 40"
          + " --box 180 150 260 210 -o out",
      "  fiducia sam score --dataset Dataset901_HeadNeckOAR --weights sam_vit_b_01ec64.pth -o score"})
public final class SamCommand extends GroupCommand {}
