package io.fiducia.app.commands.anatomy;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fiducia cads weights}: what each task needs and what of it is there. */
@Command(name = "weights", description = {
  "Lists CADS's tasks: their networks, the sets of weights with their licences, and whether they are",
  "on this machine. Nothing is fetched: with --task, it says where a user gets them."}, subcommands = {
    CadsWeightsImportCommand.class}, footer = {"", "Example:", "  fiducia cads weights",
      "  fiducia cads weights --task 556"})
public final class CadsWeightsCommand extends FiduciaCommand {
  @Mixin
  private WeightsChoice choice;

  @Mixin
  private WeightsPlace place;

  @Override
  protected int run(Context context) {
    CadsTasks tasks = CadsTasks.load();
    Optional<String> only = choice.task(tasks.all().stream().map(AnatomyTask::name).toList(),
        this::usageError);
    choice.print(new WeightsReport("cads", "CADS, " + tasks.source(),
        WeightsPlace.listing(place.cads(context), tasks), only), context);
    return 0;
  }
}
