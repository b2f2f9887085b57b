package io.fiducia.nnunet.run;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.nnunet.cases.LabelFiles;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.select.PostprocessingFile;
import io.fiducia.nnunet.select.PostprocessingSearch;
import io.fiducia.nnunet.select.PostprocessingStep;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Applies a post-processing, as the choice of the best model decided on it, to predictions. */
public final class PostprocessingRun {
  private PostprocessingRun() {}

  /**
   * What to post-process.
   *
   * @param input predicted label maps
   * @param steps postprocessing.pkl
   * @param output where the post-processed label maps go
   * @param plans the model's plans; empty: plans.json in the input folder
   * @param dataset the labels' dataset.json; empty: that in the input folder
   * @param overwrite whether label maps that exist are replaced
   */
  public record Request(Path input, Path steps, Path output, Optional<Path> plans,
      Optional<Path> dataset, boolean overwrite) {}

  /** How many label maps were written, by how many steps. */
  public record Result(int cases, int steps) {}

  /** Post-processes. @throws FiduciaException BAD_INPUT if a file is missing or a result exists */
  public static Result run(Request request, Progress progress, Cancellation cancellation) {
    DatasetJson dataset = DatasetJson
        .read(request.dataset().orElse(request.input().resolve("dataset.json")));
    Plans plans = Plans.read(request.plans().orElse(request.input().resolve("plans.json")));
    List<PostprocessingStep> steps = PostprocessingFile.read(request.steps());
    LabelFiles files = new LabelFiles(plans.imageReaderWriter(), dataset.fileEnding());
    Map<String, Path> maps = files.in(request.input());
    if (maps.isEmpty()) {
      throw FiduciaException.badInput("no label map to post-process", request.input(),
          "expected files CASE" + dataset.fileEnding(), "check the folder");
    }
    PredictionFolder output = new PredictionFolder(request.output());
    if (!request.overwrite()) {
      output.requireAbsent(maps.values().stream().map(m -> m.getFileName().toString()).toList(),
          "give --overwrite");
    }
    PostprocessingSearch.apply(files, maps, steps, request.output(), progress, cancellation);
    output.describe(dataset, plans);
    return new Result(maps.size(), steps.size());
  }
}
