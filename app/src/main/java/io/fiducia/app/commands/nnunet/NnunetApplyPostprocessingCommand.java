package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.cases.LabelFiles;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.select.PostprocessingFile;
import io.fiducia.nnunet.select.PostprocessingSearch;
import io.fiducia.nnunet.select.PostprocessingStep;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    DatasetJson dataset = DatasetJson
        .read(datasetFile == null ? input.resolve("dataset.json") : datasetFile);
    Plans plans = Plans.read(plansFile == null ? input.resolve("plans.json") : plansFile);
    List<PostprocessingStep> read = PostprocessingFile.read(steps);
    LabelFiles files = new LabelFiles(plans.imageReaderWriter(), dataset.fileEnding());
    Map<String, Path> maps = files.in(input);
    if (maps.isEmpty()) {
      throw FiduciaException.badInput("no label map to post-process", input,
          "expected files CASE" + dataset.fileEnding(), "check the folder");
    }
    for (Path map : maps.values()) {
      Path target = output.resolve(map.getFileName());
      if (!overwrite && Files.exists(target)) {
        throw FiduciaException.badInput("the output exists already", target,
            "existing results are not overwritten", "give --overwrite");
      }
    }
    PostprocessingSearch.apply(files, maps, read, output, context.progress(),
        context.cancellation());
    dataset.write(output.resolve("dataset.json"));
    plans.write(output.resolve("plans.json"));
    if (context.json()) {
      context.console().json(
          Map.of("output", output.toString(), "cases", maps.size(), "steps", read.size()));
    } else {
      context.console().note(maps.size() + " cases, " + read.size() + " steps: " + output);
    }
    return 0;
  }
}
