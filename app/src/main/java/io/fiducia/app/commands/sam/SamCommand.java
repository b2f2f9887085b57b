package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.GroupCommand;
import picocli.CommandLine.Command;

/** The word before what the SAM family does. */
@Command(name = "sam", description = {
  "Segments after prompts in slices (SAM, MedSAM, MobileSAM, LiteMedSAM). Experimental."}, subcommands = {
    SamScoreCommand.class}, footer = {"", "Example:",
      "  fiducia sam score --dataset Dataset004_Hippocampus --weights sam_vit_b_01ec64.pth -o score"})
public final class SamCommand extends GroupCommand {}
