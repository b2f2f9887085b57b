package io.fiducia.app.demo;

import io.fiducia.app.cli.Context;
import io.fiducia.core.Modality;
import io.fiducia.phantom.cohort.Cohort;
import io.fiducia.phantom.cohort.CohortPlan;
import io.fiducia.phantom.cohort.Domain;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a demonstration without a dataset works on: small synthetic CT of the female pelvis.
 * docs/demo.md has the measurements that its size was chosen by.
 */
public final class PhantomCohort {
  /** Its folder in the demonstration's. */
  static final String FOLDER = "Dataset900_PelvisPhantom";
  /** Training time that fits a demonstration of six minutes on two cores. */
  public static final double MINUTES = 3.5;
  private static final int CASES = 24;
  private static final int TEST_CASES = 6;

  private PhantomCohort() {}

  /** Makes the cohort, or what is left of one, and returns its folder. */
  static Path write(Path output, Context context) {
    Path folder = output.resolve(FOLDER);
    // Written last: a folder that has it is whole.
    if (!Files.exists(folder.resolve("dataset.json"))) {
      Cohort.write(new CohortPlan(Domain.of(Modality.CT, false), Domain.Resolution.SMALL, CASES,
          TEST_CASES, 1, context.seed()), folder, context.threads(), context.progress(),
          context.cancellation());
    }
    return folder;
  }
}
