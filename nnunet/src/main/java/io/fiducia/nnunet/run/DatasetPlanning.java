package io.fiducia.nnunet.run;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.plan.CpuPlanner;
import io.fiducia.nnunet.plan.ExperimentPlanner;
import io.fiducia.nnunet.plan.Fingerprint;
import io.fiducia.nnunet.plan.PlannerProfile;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.plan.Splits;
import io.fiducia.nnunet.train.StepTimer;
import io.fiducia.torch.Device;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Plans a dataset: fingerprint, plans, dataset.json and splits in its preprocessed folder. */
public final class DatasetPlanning {
  /** The name of plans for this machine and a limited training time. */
  public static final String CPU_PLANS = "FiduciaCpuPlans";

  private static final String SPLITS = "splits_final.json";

  /** How plans are made. */
  public sealed interface Method {
    /**
     * By one of nnU-Net's planners.
     *
     * @param spacingMm the spacing (z, y, x) of full resolution; empty: the planner's
     */
    record Planner(PlannerProfile profile, Optional<List<Double>> spacingMm) implements Method {}

    /**
     * For this machine and a training of limited time.
     *
     * @param device where the training will run
     */
    record ForTime(double minutes, String plansName, Device device) implements Method {}

    /**
     * Taken over from a trained model.
     *
     * @param model a model folder, or a plans file
     * @param plansName the name to give the plans; empty: the model's
     */
    record Like(Path model, Optional<String> plansName) implements Method {}
  }

  /** Plans and the file that holds them. */
  public record Planned(Path file, Plans plans) {}

  private final RawDataset dataset;
  private final Path folder;
  private final Progress progress;
  private final Cancellation cancellation;

  /**
   * The planning of a dataset.
   *
   * @param folder the dataset's preprocessed folder
   */
  public DatasetPlanning(RawDataset dataset, Path folder, Progress progress,
      Cancellation cancellation) {
    this.dataset = dataset;
    this.folder = folder;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /**
   * Plans, and writes plans, dataset.json, fingerprint and, where the raw folder has them, splits.
   * Configurations that someone added to plans of the same name are kept, as in nnU-Net.
   *
   * @param clean whether an existing fingerprint is extracted again
   * @param workers cases that are measured at once
   * @throws FiduciaException BAD_INPUT for a dataset or a model that cannot be used, or if the
   *     preprocessed folder has other splits than the raw one
   */
  public Planned run(Method method, boolean clean, int workers) {
    Fingerprint fingerprint = Fingerprints.readOrExtract(dataset, folder, clean, workers, progress,
        cancellation);
    Plans plans = switch (method) {
      case Method.Planner p -> ExperimentPlanner.plan(fingerprint, dataset.json(), dataset.name(),
          p.profile(), p.spacingMm());
      case Method.ForTime t -> forTime(fingerprint, t);
      case Method.Like l -> new AdoptedPlans(dataset, fingerprint, folder, progress)
          .of(l.model(), l.plansName());
    };
    Path file = folder.resolve(plans.plansName() + ".json");
    copySplits();
    if (!(method instanceof Method.Like) && Files.exists(file)) {
      plans = plans.keepingConfigurationsOf(Plans.read(file));
    }
    dataset.json().write(folder.resolve("dataset.json"));
    plans.write(file);
    return new Planned(file, plans);
  }

  private Plans forTime(Fingerprint fingerprint, Method.ForTime how) {
    CpuPlanner.Planned planned = forTime(fingerprint, dataset.json(), dataset.name(), how,
        cancellation);
    CpuPlanner.Choice c = planned.choice();
    progress.note(String.format(Locale.ROOT,
        "patch %s, batch %d, features %s, %.2f s per step, about %d steps", c.patch(), c.batch(),
        c.architecture().featuresPerStage(), c.stepSeconds(), c.steps()));
    return planned.plans();
  }

  /** Plans for a limited time, by the time that steps take on the device; writes nothing. */
  public static CpuPlanner.Planned forTime(Fingerprint fingerprint, DatasetJson json,
      String datasetName, Method.ForTime how, Cancellation cancellation) {
    StepTimer timer = new StepTimer(how.device(), json.channels().size(), json.labelSet());
    return CpuPlanner.plan(fingerprint, json, datasetName, how.plansName(), how.minutes() * 60,
        (architecture, patch, batch) -> {
          cancellation.check("planning");
          return timer.seconds(architecture, patch, batch);
        });
  }

  /** As nnU-Net: splits in the raw folder are taken over; there must not be others. */
  private void copySplits() {
    Path raw = dataset.folder().resolve(SPLITS);
    Path target = folder.resolve(SPLITS);
    if (!Files.isRegularFile(raw)) {
      return;
    }
    Splits given = Splits.read(raw);
    if (Files.notExists(target)) {
      given.write(target);
      progress.note("took over " + raw);
      return;
    }
    List<Splits.Fold> there = Splits.read(target).folds();
    int n = given.folds().size();
    if (there.size() < n || !there.subList(0, n).equals(given.folds())) {
      throw FiduciaException.badInput("the dataset has two different splits", target,
          "expected the folds of " + raw, "remove one of the two files");
    }
  }
}
