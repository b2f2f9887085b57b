package io.fiducia.app.commands.anatomy;

import io.fiducia.anatomy.source.AnatomySource;
import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.anatomy.task.Variant;
import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.base.Suggestions;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia totalsegmentator source}: a network of TotalSegmentator as a starting point. */
@Command(name = "source", description = {
  "Writes a network of TotalSegmentator as an nnU-Net model folder to start a training from.",
  "Its weights must be on this machine; see totalsegmentator weights."}, footer = {"", "Example:",
    "  fiducia totalsegmentator source --task total --part organs -o organs",
    "  fiducia nnunet plan -d 7 --like organs"})
public final class TotalSourceCommand extends FiduciaCommand {
  @Option(names = "--task", paramLabel = "TASK", defaultValue = "total", description = "a task of TotalSegmentator (default: total)")
  private String taskName;

  @Option(names = "--part", paramLabel = "PART", description = "the network of a task that has several, such as organs")
  private String part;

  @Option(names = "--variant", paramLabel = "fast|fastest", defaultValue = Variant.DEFAULT, description = "the network for larger voxels")
  private String variant;

  @Mixin
  private WeightsPlace weights;

  @Mixin
  private SourceOutput output;

  @Override
  protected int run(Context context) {
    TotalTasks tasks = TotalTasks.load();
    AnatomyTask task = tasks.find(taskName).orElseThrow(() -> usageError(
        "unknown task " + taskName + Suggestions.nearest(taskName,
            tasks.all().stream().map(AnatomyTask::name).toList())
            .map(n -> "; did you mean " + n + "?").orElse("")));
    AnatomySource source = AnatomySource.of(task, variant, Optional.ofNullable(part));
    return output.write(source, weights.total(context), context);
  }
}
