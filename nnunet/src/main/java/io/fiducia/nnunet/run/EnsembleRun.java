package io.fiducia.nnunet.run;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.nnunet.cases.LabelFiles;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.select.Ensemble;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Averages the probabilities that several models predicted for the same cases. */
public final class EnsembleRun {
  private EnsembleRun() {}

  /**
   * What to average.
   *
   * @param inputs folders of predictions with probabilities
   * @param output where the label maps go
   * @param probabilities whether the averaged probabilities are written too
   * @param overwrite whether label maps that exist are replaced
   */
  public record Request(List<Path> inputs, Path output, boolean probabilities,
      boolean overwrite) {
    public Request {
      inputs = List.copyOf(inputs);
    }
  }

  /**
   * Averages and labels the cases that all inputs have; returns their names.
   *
   * @throws FiduciaException BAD_INPUT if inputs do not fit each other or a result exists
   */
  public static List<String> run(Request request, Progress progress, Cancellation cancellation) {
    List<String> ids = Ensemble.commonCases(request.inputs());
    PredictionFolder first = new PredictionFolder(request.inputs().get(0));
    PredictionFolder output = new PredictionFolder(request.output());
    DatasetJson dataset = first.dataset();
    Plans plans = first.plans();
    if (!request.overwrite()) {
      output.requireAbsent(ids.stream().map(id -> id + dataset.fileEnding()).toList(),
          "give --overwrite");
    }
    Map<String, List<Path>> cases = new TreeMap<>();
    ids.forEach(id -> cases.put(id, request.inputs()));
    LabelFiles maps = new LabelFiles(plans.imageReaderWriter(), dataset.fileEnding());
    new Ensemble(dataset.labelSet(), maps).run(cases, request.output(), request.probabilities(),
        request.overwrite(), progress, cancellation);
    output.describe(dataset, plans);
    return ids;
  }
}
