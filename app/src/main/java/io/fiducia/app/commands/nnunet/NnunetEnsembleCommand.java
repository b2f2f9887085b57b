package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.nnunet.run.EnsembleRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fiducia nnunet ensemble}: averages what several models predicted. */
@Command(name = "ensemble", description = {
  "Averages the probabilities that several models saved, and writes the label maps of the mean.",
  "Each folder holds the output of 'predict --save_probabilities' for the same cases."}, footer = {
    "",
    "Example:", "  fiducia nnunet ensemble -i out_2d out_3d -o out"})
public final class NnunetEnsembleCommand extends FiduciaCommand {
  @Option(names = "-i", required = true, arity = "1..*", paramLabel = "DIR", description = "folders of predictions")
  private List<Path> inputs;

  @Option(names = "-o", required = true, paramLabel = "DIR", description = "folder for the label maps")
  private Path output;

  @Option(names = "--save_npz", description = "also write the averaged probabilities")
  private boolean save;

  @Option(names = "--overwrite", description = "replace existing label maps")
  private boolean overwrite;

  @Option(names = "-np", paramLabel = "N", description = "accepted for compatibility with nnU-Net; no effect, see --threads")
  private Integer workers;

  @Override
  protected int run(Context context) {
    List<String> ids = EnsembleRun.run(
        new EnsembleRun.Request(inputs, output, save, overwrite), context.progress(),
        context.cancellation());
    if (context.json()) {
      context.console().json(Map.of("output", output.toString(), "cases", ids.size()));
    } else {
      context.console().note(ids.size() + " cases averaged over " + inputs.size() + " models: "
          + output);
    }
    return 0;
  }
}
