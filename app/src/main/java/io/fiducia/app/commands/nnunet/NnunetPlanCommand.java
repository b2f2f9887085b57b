package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.dataset.DatasetJson;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.plan.CpuPlanner;
import io.fiducia.nnunet.plan.ExperimentPlanner;
import io.fiducia.nnunet.plan.Fingerprint;
import io.fiducia.nnunet.plan.PlannerProfile;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.plan.Splits;
import io.fiducia.nnunet.train.StepTimer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia nnunet plan}: networks, patches and spacings for a dataset. */
@Command(name = "plan", description = {"Plans networks, patches and spacings for a dataset.",
  "Uses the fingerprint of the dataset, or measures it if there is none."}, footer = {"",
    "Example:",
    "  fiducia nnunet plan -d 4", "  fiducia nnunet plan -d 4 -pl nnUNetPlannerResEncM",
    "  fiducia nnunet plan -d 4 --preset cpu --minutes 30",
    "  fiducia nnunet plan -d 5 --like nnUNetTrainer__nnUNetPlans__3d_fullres -overwrite_plans_name Adopted"})
public final class NnunetPlanCommand extends FiduciaCommand {
  /** Name of the plans of {@code --preset cpu}. */
  static final String CPU_PLANS = "FiduciaCpuPlans";

  private static final String SPLITS = "splits_final.json";

  @Option(names = "-d", required = true, arity = "1..*", paramLabel = "DATASET", description = "numbers or names of datasets")
  private List<String> datasets;

  @Option(names = "-pl", paramLabel = "PLANNER", description = "ExperimentPlanner (default), ResEncUNetPlanner, nnUNetPlannerResEncM, L or XL; nnUNetPlanner_torchres, nnUNetPlannerResEncL_torchres, _torchres_sepz or _noResampling")
  private String planner;

  @Option(names = "-gpu_memory_target", paramLabel = "GB", description = "plan for this much GPU memory")
  private Double memoryGb;

  @Option(names = "-preprocessor_name", paramLabel = "NAME", defaultValue = "DefaultPreprocessor", description = "only nnU-Net's DefaultPreprocessor is supported")
  private String preprocessor;

  @Option(names = "-overwrite_target_spacing", arity = "1..*", paramLabel = "MM", description = "full-resolution spacing Z Y X in mm")
  private List<Double> spacing;

  @Option(names = "-overwrite_plans_name", paramLabel = "NAME", description = "name of the plans")
  private String plansName;

  @Option(names = "--preset", paramLabel = "cpu", description = "cpu: plan for this machine and a training of --minutes; the plans are named FiduciaCpuPlans")
  private Preset preset;

  @Option(names = "--minutes", paramLabel = "N", description = "training time that --preset cpu plans for (default: 10)")
  private Double minutes;

  @Option(names = "--like", paramLabel = "MODEL", description = "use the plans of a trained model (its folder, or a plans file) for fine-tuning: patch, spacing, network and intensities stay those of the model")
  private Path like;

  @Option(names = "--clean", description = "measure again even if a fingerprint exists")
  private boolean clean;

  @Mixin
  private NnunetFolders folders;

  /** What machines and times can be planned for besides nnU-Net's GPUs. */
  enum Preset {
    CPU
  }

  @Override
  protected int run(Context context) {
    checkOptions();
    Path preprocessed = folders.preprocessed(context);
    folders.raw(context);
    List<String> names = datasets.stream().map(d -> folders.datasetName(d, context)).toList();
    Map<String, Object> written = new LinkedHashMap<>();
    for (String name : names) {
      RawDataset dataset = folders.rawDataset(name, context);
      Path folder = preprocessed.resolve(name);
      Fingerprint fingerprint = Fingerprints.readOrExtract(dataset, folder, clean,
          context.threads(), context);
      Plans plans = like != null
          ? PlansFiles.adopt(like, dataset, folder, Optional.ofNullable(plansName), context)
          : preset == null
              ? plan(fingerprint, dataset.json(), name)
              : planForTime(fingerprint, dataset.json(), name, context);
      Path file = folder.resolve(plans.plansName() + ".json");
      copySplits(dataset, folder, context);
      if (like == null && Files.exists(file)) {
        // As nnU-Net: configurations that someone added by hand stay.
        plans = plans.keepingConfigurationsOf(Plans.read(file));
      }
      dataset.json().write(folder.resolve("dataset.json"));
      plans.write(file);
      written.put(name, Map.of("file", file.toString(), "plans", plans.plansName(),
          "configurations", List.copyOf(plans.configurationNames())));
      if (!context.json()) {
        context.console().result(file.toString());
        context.console().note("configurations: " + String.join(", ", plans.configurationNames()));
      }
    }
    if (context.json()) {
      context.console().json(written);
    }
    return 0;
  }

  /** As nnU-Net: splits that lie beside the raw data are taken over; others must not be there. */
  private static void copySplits(RawDataset dataset, Path folder, Context context) {
    Path raw = dataset.folder().resolve(SPLITS);
    Path target = folder.resolve(SPLITS);
    if (!Files.isRegularFile(raw)) {
      return;
    }
    Splits given = Splits.read(raw);
    if (Files.notExists(target)) {
      given.write(target);
      context.console().note("took over " + raw);
      return;
    }
    List<Splits.Fold> there = Splits.read(target).folds();
    int n = given.folds().size();
    if (there.size() < n || !there.subList(0, n).equals(given.folds())) {
      throw FiduciaException.badInput("the dataset has two different splits", target,
          "expected the folds of " + raw, "remove one of the two files");
    }
  }

  private void checkOptions() {
    if (!preprocessor.equals("DefaultPreprocessor")) {
      throw usageError("-preprocessor_name must be DefaultPreprocessor, found " + preprocessor);
    }
    if (like != null
        && (preset != null || planner != null || memoryGb != null || spacing != null)) {
      throw usageError("--like cannot go with --preset, -pl, -gpu_memory_target or"
          + " -overwrite_target_spacing");
    }
    if (preset != null && (planner != null || memoryGb != null || spacing != null)) {
      throw usageError("--preset cpu cannot go with -pl, -gpu_memory_target or"
          + " -overwrite_target_spacing");
    }
    if (preset == null && minutes != null) {
      throw usageError("--minutes needs --preset cpu");
    }
    if (minutes != null && !(minutes > 0)) {
      throw usageError("--minutes must be above 0, found " + minutes);
    }
    if (plansName != null && !plansName.matches("[A-Za-z0-9][A-Za-z0-9_.-]*")) {
      throw usageError("-overwrite_plans_name must be a file's name, found " + plansName);
    }
  }

  private Plans plan(Fingerprint fingerprint, DatasetJson json, String dataset) {
    PlannerProfile profile = planner == null
        ? PlannerProfile.DEFAULT
        : PlannerProfile.named(planner);
    if (memoryGb != null) {
      profile = profile.withMemoryTargetGb(memoryGb);
    }
    if (plansName != null) {
      profile = profile.withPlansName(plansName);
    }
    return ExperimentPlanner.plan(fingerprint, json, dataset, profile,
        Optional.ofNullable(spacing));
  }

  private Plans planForTime(Fingerprint fingerprint, DatasetJson json, String dataset,
      Context context) {
    StepTimer timer = new StepTimer(context.torchDevice(), json.channels().size(),
        json.labelSet());
    CpuPlanner.Planned planned = CpuPlanner.plan(fingerprint, json, dataset,
        plansName == null ? CPU_PLANS : plansName, (minutes == null ? 10 : minutes) * 60,
        (architecture, patch, batch) -> {
          context.cancellation().check("planning");
          return timer.seconds(architecture, patch, batch);
        });
    CpuPlanner.Choice c = planned.choice();
    context.console().note(String.format(Locale.ROOT,
        "patch %s, batch %d, features %s, %.2f s a step, about %d steps", c.patch(), c.batch(),
        c.architecture().featuresPerStage(), c.stepSeconds(), c.steps()));
    return planned.plans();
  }
}
