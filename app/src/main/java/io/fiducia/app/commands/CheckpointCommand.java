package io.fiducia.app.commands;

import io.fiducia.app.cli.GroupCommand;
import picocli.CommandLine.Command;

/** The word before the commands on weights files. */
@Command(name = "checkpoint", description = "Weights files: .pth and .safetensors.", subcommands = {
  CheckpointShowCommand.class, CheckpointConvertCommand.class}, footer = {"", "Example:",
    "  fiducia checkpoint show checkpoint_final.pth"})
public final class CheckpointCommand extends GroupCommand {}
