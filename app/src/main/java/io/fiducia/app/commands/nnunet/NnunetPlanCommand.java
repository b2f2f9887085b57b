package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.plan.ExperimentPlanner;
import io.fiducia.nnunet.plan.PlannerProfile;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.run.DatasetPlanning;
import io.fiducia.nnunet.run.DatasetPlanning.Method;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
  /** Training time that {@code --preset cpu} plans for by default. */
  private static final double MINUTES = 10;

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
      DatasetPlanning.Planned planned = new DatasetPlanning(dataset, folder, context.progress(),
          context.cancellation()).run(method(context), clean, context.threads());
      Path file = planned.file();
      Plans plans = planned.plans();
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

  private Method method(Context context) {
    if (like != null) {
      return new Method.Like(like, Optional.ofNullable(plansName));
    }
    if (preset != null) {
      return new Method.ForTime(minutes == null ? MINUTES : minutes,
          plansName == null ? DatasetPlanning.CPU_PLANS : plansName, context.torchDevice());
    }
    PlannerProfile profile = planner == null
        ? PlannerProfile.DEFAULT
        : PlannerProfile.named(planner);
    if (memoryGb != null) {
      profile = profile.withMemoryTargetGb(memoryGb);
    }
    if (plansName != null) {
      profile = profile.withPlansName(plansName);
    }
    return new Method.Planner(profile, Optional.ofNullable(spacing));
  }
}
