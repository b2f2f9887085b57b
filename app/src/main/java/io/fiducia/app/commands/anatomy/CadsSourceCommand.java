package io.fiducia.app.commands.anatomy;

import io.fiducia.anatomy.source.AnatomySource;
import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.anatomy.task.Variant;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia cads source}: a network of CADS as a starting point. */
@Command(name = "source", description = {
  "Writes a network of CADS as an nnU-Net model folder to start a training from.",
  "Its weights must be on this machine; see cads weights."}, footer = {"", "Example:",
    "  fiducia cads source --task 556 -license open -o pelvis",
    "  fiducia nnunet plan -d 7 --like pelvis"})
public final class CadsSourceCommand extends FiduciaCommand {
  @Option(names = {"--task",
    "-task"}, required = true, paramLabel = "TASK", description = "a task of CADS: 551 to 559, or 601 to 613")
  private String taskName;

  @Option(names = {"--license",
    "-license"}, paramLabel = "reference|research|open", defaultValue = CadsTasks.REFERENCE, description = "set of weights (default: reference)")
  private String licence;

  @Mixin
  private WeightsPlace weights;

  @Mixin
  private SourceOutput output;

  @Override
  protected int run(Context context) {
    CadsTasks tasks = CadsTasks.load();
    AnatomyTask task = tasks.find(taskName).orElseThrow(() -> usageError("unknown task "
        + taskName + ": expected one of "
        + String.join(", ", tasks.all().stream().map(AnatomyTask::name).toList())));
    if (tasks.licences().stream().noneMatch(l -> l.name().equals(licence))) {
      throw usageError("-license must be reference, research or open, found " + licence);
    }
    WeightsFolder folder = weights.requireCads(context);
    String variant = task.variants().containsKey(licence) ? licence : Variant.DEFAULT;
    return output.write(AnatomySource.of(task, variant, Optional.empty()), folder, context);
  }
}
