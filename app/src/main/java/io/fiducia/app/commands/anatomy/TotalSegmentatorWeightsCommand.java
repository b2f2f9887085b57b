package io.fiducia.app.commands.anatomy;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fiducia totalsegmentator weights}: what each task needs and what of it is there. */
@Command(name = "weights", description = {
  "Lists TotalSegmentator's tasks: the networks they need, their licence, and whether the weights are",
  "on this machine. Nothing is fetched: with --task, it says where a user gets them."}, subcommands = {
    TotalSegmentatorWeightsImportCommand.class}, footer = {"", "Example:",
      "  fiducia totalsegmentator weights",
      "  fiducia totalsegmentator weights --task lung_vessels"})
public final class TotalSegmentatorWeightsCommand extends FiduciaCommand {
  @Mixin
  private WeightsChoice choice;

  @Mixin
  private WeightsPlace place;

  @Override
  protected int run(Context context) {
    TotalTasks tasks = TotalTasks.load();
    Optional<String> only = choice.task(tasks.all().stream().map(AnatomyTask::name).toList(),
        this::usageError);
    choice.print(new WeightsReport("totalsegmentator", tasks.source(),
        WeightsPlace.listing(place.total(context), tasks), only), context);
    return 0;
  }
}
