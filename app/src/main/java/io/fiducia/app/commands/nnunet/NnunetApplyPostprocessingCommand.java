package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.nnunet.run.PostprocessingRun;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fiducia nnunet apply-postprocessing}: removes small components as was decided. */
@Command(name = "apply-postprocessing", description = "Applies the post-processing that find-best-configuration chose.", footer = {
  "", "Example:",
  "  fiducia nnunet apply-postprocessing -i out -o out_pp -pp_pkl_file postprocessing.pkl"})
public final class NnunetApplyPostprocessingCommand extends FiduciaCommand {
  @Option(names = "-i", required = true, paramLabel = "DIR", description = "predicted label maps")
  private Path input;

  @Option(names = "-o", required = true, paramLabel = "DIR", description = "folder for the post-processed label maps")
  private Path output;

  @Option(names = "-pp_pkl_file", required = true, paramLabel = "FILE", description = "postprocessing.pkl; read as data, no code in it is run")
  private Path steps;

  @Option(names = "-plans_json", paramLabel = "FILE", description = "the model's plans (default: plans.json in the input folder)")
  private Path plansFile;

  @Option(names = "-dataset_json", paramLabel = "FILE", description = "the dataset.json of the labels (default: the one in the input folder)")
  private Path datasetFile;

  @Option(names = "--overwrite", description = "replace existing label maps")
  private boolean overwrite;

  @Option(names = "-np", paramLabel = "N", description = "accepted for compatibility with nnU-Net; no effect, see --threads")
  private Integer workers;

  @Override
  protected int run(Context context) {
    PostprocessingRun.Result result = PostprocessingRun.run(
        new PostprocessingRun.Request(input, steps, output, Optional.ofNullable(plansFile),
            Optional.ofNullable(datasetFile), overwrite),
        context.progress(), context.cancellation());
    if (context.json()) {
      context.console().json(
          Map.of("output", output.toString(), "cases", result.cases(), "steps", result.steps()));
    } else {
      context.console().note(result.cases() + " cases, " + result.steps() + " steps: " + output);
    }
    return 0;
  }
}
