package io.fiducia.app.commands;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.app.cli.OutputOption;
import io.fiducia.geometry.Orientation;
import io.fiducia.nifti.NiftiImage;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nifti.NiftiWriter;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Turns and flips whole axes; no value changes. */
@Command(name = "reorient", description = "Permutes and flips whole axes; no value changes.", footer = {
  "", "Example:", "  fiducia image reorient scan.nii.gz out.nii.gz --to RAS"})
public final class ImageReorientCommand extends FiduciaCommand {
  @Parameters(index = "0", paramLabel = "IN", description = "the image to read")
  private Path in;

  @Parameters(index = "1", paramLabel = "OUT", description = "a .nii or .nii.gz file")
  private Path out;

  @Option(names = "--to", required = true, paramLabel = "AXES", description = "the directions of the axes, such as RAS or LPS")
  private String to;

  @Mixin
  private OutputOption output;

  @Override
  protected int run(Context context) {
    output.check(out);
    Orientation target = Orientation.parse(to);
    NiftiImage image = NiftiReader.read(in);
    image.warnings().forEach(context.console()::warning);
    String from = Orientation.of(image.geometry()).codes();
    NiftiWriter.write(out, image.reorientedTo(target));
    if (context.json()) {
      context.console().json(Map.of("file", out.toString(), "from", from, "to", target.codes()));
    } else {
      context.console().note("wrote " + out + ": " + from + " to " + target.codes());
    }
    return 0;
  }
}
