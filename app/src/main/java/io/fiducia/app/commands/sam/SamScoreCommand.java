package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.app.cli.OutputOption;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FolderLock;
import io.fiducia.promptable.sam.SamSliceModel;
import io.fiducia.promptable.sam.weights.SamWeights;
import io.fiducia.promptable.score.PromptScoring;
import io.fiducia.promptable.slice.SliceModel;
import io.fiducia.promptable.volume.PropagationSettings.Carry;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia sam score}: how good are the contours after so many prompts, and beside simple rules? */
@Command(name = "score", description = {
  "Scores a model of the SAM family against the number of interactions: a simulated user prompts and",
  "corrects it, or real people's scribbles are given to it. Beside it stand shape-based interpolation,",
  "Otsu's threshold in the box, the nearest scribble, and slices contoured by hand.",
  "Writes metrics.csv (the model) and systems.csv (all). After a stop with Ctrl-C, the same command",
  "continues."}, footer = {"", "Example:",
    "  fiducia sam score --dataset Dataset901_HeadNeckOAR --weights sam_vit_b_01ec64.pth --prompts box"
        + " --interactions 10 -o score",
    "  fiducia sam score --scribbles medscribble --weights medsam_vit_b.pth --model medsam -o score"})
public final class SamScoreCommand extends FiduciaCommand {
  @Mixin
  private SamScoreOptions options;

  @Mixin
  private SamModelOptions model;

  @Option(names = {"-o",
    "--output"}, required = true, paramLabel = "DIR", description = "folder for the results")
  private Path output;

  @Mixin
  private OutputOption overwrite;

  @Override
  protected int run(Context context) {
    options.fault().ifPresent(fault -> {
      throw usageError(fault);
    });
    SamScoreReport.Tables tables = SamScoreReport.Tables.in(output);
    overwrite.check(tables.metrics());
    overwrite.check(tables.systems());
    SamWeights weights = model.read(context);
    PromptScoring.Result result;
    try (FolderLock lock = FolderLock.take(output, "this scoring is running already");
        SliceModel loaded = SamSliceModel.load(weights, context.torchDevice())) {
      result = new SamScoreRun(loaded,
          weights.family().boxesOnly() ? Carry.BOX : Carry.BOX_AND_MASK, options, output, context)
          .run();
    }
    SamScoreReport report = new SamScoreReport(result);
    report.write(tables);
    result.problems().forEach(context.console()::warning);
    if (context.json()) {
      context.console().json(report.document());
    } else {
      report.print(context.console());
    }
    return result.problems().isEmpty() ? 0 : FiduciaException.Kind.PARTLY_DONE.exitCode();
  }
}
