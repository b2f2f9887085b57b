package io.fiducia.nnunet.run;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.preprocess.DatasetPreprocessor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Preprocesses a dataset for configurations of plans that were made for it. */
public final class DatasetPreparation {
  private final RawDataset dataset;
  private final Path folder;
  private final Plans plans;
  private final Progress progress;

  /** The cases of one configuration: their folder, and what became of them. */
  public record Prepared(Path folder, DatasetPreprocessor.Outcome outcome) {}

  private DatasetPreparation(RawDataset dataset, Path folder, Plans plans, Progress progress) {
    this.dataset = dataset;
    this.folder = folder;
    this.plans = plans;
    this.progress = progress;
  }

  /**
   * Opens a dataset and its plans.
   *
   * @param folder the dataset's preprocessed folder
   * @throws FiduciaException BAD_INPUT if there are no plans of that name
   */
  public static DatasetPreparation open(RawDataset dataset, Path folder, String plansName,
      Progress progress) {
    return new DatasetPreparation(dataset, folder, PlansFiles.read(folder, plansName, progress),
        progress);
  }

  /**
   * Those of the given configurations that the plans have; the others are named in a note.
   *
   * @throws FiduciaException BAD_INPUT if the plans have none of them
   */
  public List<String> configurations(List<String> wanted) {
    List<String> planned = new ArrayList<>();
    for (String configuration : wanted) {
      if (plans.configurationNames().contains(configuration)) {
        planned.add(configuration);
      } else {
        progress.note(plans.plansName() + " has no configuration " + configuration
            + ": left out");
      }
    }
    if (planned.isEmpty()) {
      throw FiduciaException.badInput("nothing to preprocess",
          folder.resolve(plans.plansName() + ".json"),
          "expected one of " + plans.configurationNames() + ", found " + wanted,
          "name a configuration of the plans");
    }
    return planned;
  }

  /**
   * Preprocesses the training cases for one configuration; unchanged cases are kept.
   *
   * @param threads cases at once
   * @throws FiduciaException BAD_INPUT if no case could be used, PARTLY_DONE if one could not,
   *     CANCELLED, OUT_OF_RESOURCES
   */
  public Prepared run(String configuration, DatasetPreprocessor.Format format, int threads,
      Cancellation cancellation) {
    DatasetPreprocessor preprocessor = new DatasetPreprocessor(dataset, plans,
        plans.configuration(configuration), folder, format);
    DatasetPreprocessor.Outcome outcome = preprocessor.run(threads, progress, cancellation);
    outcome.check();
    return new Prepared(preprocessor.caseFolder(), outcome);
  }
}
