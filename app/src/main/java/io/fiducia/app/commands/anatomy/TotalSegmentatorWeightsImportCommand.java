package io.fiducia.app.commands.anatomy;

import io.fiducia.anatomy.task.Tool;
import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fiducia totalsegmentator weights import}: unpacks downloaded weights. */
@Command(name = "import", description = {
  "Checks a zip file of weights that was downloaded and unpacks it to where TotalSegmentator's tasks",
  "look for it. Nothing is written from a damaged or hostile file, or one that no task needs."}, footer = {
    "", "Example:",
    "  fiducia totalsegmentator weights import Dataset297_TotalSegmentator_total_3mm_1559subj.zip"})
public final class TotalSegmentatorWeightsImportCommand extends FiduciaCommand {
  @Mixin
  private WeightsZip zip;

  @Mixin
  private WeightsPlace place;

  @Override
  protected int run(Context context) {
    return zip.read(Tool.TOTALSEGMENTATOR, place.total(context), Optional.empty(), context);
  }
}
