package io.fiducia.app.commands.anatomy;

import io.fiducia.anatomy.task.CadsLicence;
import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.anatomy.task.Tool;
import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia cads weights import}: unpacks downloaded weights. */
@Command(name = "import", description = {
  "Checks a zip file of weights that was downloaded and unpacks it to where CADS's tasks look for it.",
  "The file does not say which set of weights it holds: give -license as you downloaded it.",
  "Nothing is written from a damaged or hostile file, or one that no task needs."}, footer = {"",
    "Example:", "  fiducia cads weights import Dataset556_GC256.zip -license open"})
public final class CadsWeightsImportCommand extends FiduciaCommand {
  @Option(names = {"-license",
    "--license"}, paramLabel = "reference|research|open", defaultValue = CadsTasks.REFERENCE, description = "set of weights (default: reference); models by region need none")
  private String licence;

  @Mixin
  private WeightsZip zip;

  @Mixin
  private WeightsPlace place;

  @Override
  protected int run(Context context) {
    List<CadsLicence> sets = CadsTasks.load().licences();
    CadsLicence set = sets.stream().filter(l -> l.name().equals(licence)).findFirst()
        .orElseThrow(() -> usageError("-license must be reference, research or open, found "
            + licence));
    return zip.read(Tool.CADS, place.requireCads(context),
        Optional.of(set.folder()), context);
  }
}
