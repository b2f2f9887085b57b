package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.cases.LabelFiles;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.select.Ensemble;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
    List<String> ids = Ensemble.commonCases(inputs);
    DatasetJson dataset = DatasetJson.read(inputs.get(0).resolve("dataset.json"));
    Plans plans = Plans.read(inputs.get(0).resolve("plans.json"));
    Map<String, List<Path>> cases = new TreeMap<>();
    for (String id : ids) {
      Path target = output.resolve(id + dataset.fileEnding());
      if (!overwrite && Files.exists(target)) {
        throw FiduciaException.badInput("the output exists already", target,
            "existing results are not overwritten", "give --overwrite");
      }
      cases.put(id, inputs);
    }
    LabelFiles maps = new LabelFiles(plans.imageReaderWriter(), dataset.fileEnding());
    new Ensemble(dataset.labelSet(), maps).run(cases, output, save, overwrite, context.progress(),
        context.cancellation());
    dataset.write(output.resolve("dataset.json"));
    plans.write(output.resolve("plans.json"));
    if (context.json()) {
      context.console().json(Map.of("output", output.toString(), "cases", ids.size()));
    } else {
      context.console().note(ids.size() + " cases averaged over " + inputs.size() + " models: "
          + output);
    }
    return 0;
  }
}
