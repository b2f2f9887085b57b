package io.fiducia.app.commands;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.app.cli.OutputOption;
import io.fiducia.torch.checkpoint.CheckpointConverter;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Converts weights between torch's format and safetensors. */
@Command(name = "convert", description = {"Converts between .pth and .safetensors.",
  "The file ending of the output determines the format."}, footer = {"", "Example:",
    "  fiducia checkpoint convert checkpoint_final.pth weights.safetensors"})
public final class CheckpointConvertCommand extends FiduciaCommand {
  @Parameters(index = "0", paramLabel = "IN", description = "the weights to read")
  private Path in;

  @Parameters(index = "1", paramLabel = "OUT", description = "a .pth, .pt or .safetensors file")
  private Path out;

  @Mixin
  private OutputOption output;

  @Override
  protected int run(Context context) {
    output.check(out);
    CheckpointConverter.Report report = CheckpointConverter.convert(in, out);
    report.lost().forEach(context.console()::warning);
    if (context.json()) {
      context.console().json(
          Map.of("tensors", report.tensors(), "lost", report.lost(), "file", out.toString()));
    } else {
      context.console().note("wrote " + report.tensors() + " tensors to " + out);
    }
    return 0;
  }
}
