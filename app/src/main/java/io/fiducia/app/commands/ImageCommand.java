package io.fiducia.app.commands;

import io.fiducia.app.cli.GroupCommand;
import picocli.CommandLine.Command;

/** The word before the commands on images. */
@Command(name = "image", description = "Images: inspect them, change their spacing or axes.", subcommands = {
  ImageShowCommand.class, ImageResampleCommand.class, ImageReorientCommand.class}, footer = {"",
    "Example:", "  fiducia image show scan.nii.gz"})
public final class ImageCommand extends GroupCommand {}
