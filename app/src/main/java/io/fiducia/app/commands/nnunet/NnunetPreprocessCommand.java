package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.preprocess.DatasetPreprocessor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fiducia nnunet preprocess}: crops, normalises and resamples the training cases. */
@Command(name = "preprocess", description = {
  "Crops, normalises and resamples the training cases.",
  "Cases of an earlier run are kept if their files and plans are unchanged."}, footer = {"",
    "Example:", "  fiducia nnunet preprocess -d 4 -c 3d_fullres"})
public final class NnunetPreprocessCommand extends FiduciaCommand {
  @Option(names = "-d", required = true, arity = "1..*", paramLabel = "DATASET", description = "numbers or names of datasets")
  private List<String> datasets;

  @Option(names = "-plans_name", paramLabel = "PLANS", defaultValue = "nnUNetPlans", description = "name of the plans (default: nnUNetPlans)")
  private String plansName;

  @Option(names = "-c", arity = "1..*", paramLabel = "CONFIG", description = "configurations (default: 2d 3d_fullres 3d_lowres); configurations that the plans do not have are left out")
  private List<String> configurations = new ArrayList<>(List.of("2d", "3d_fullres", "3d_lowres"));

  @Option(names = "-np", arity = "1..*", paramLabel = "N", description = "cases processed at once: one number, or one per configuration (default: --threads)")
  private List<Integer> workers = new ArrayList<>();

  @Option(names = "--format", paramLabel = "native|npz", description = "native (default): for training here; npz: for nnU-Net")
  private DatasetPreprocessor.Format format = DatasetPreprocessor.Format.NATIVE;

  @Option(names = "--no_pbar", description = "accepted for compatibility with nnU-Net; no effect, see --quiet")
  private boolean noBar;

  @Mixin
  private NnunetFolders folders;

  @Override
  protected int run(Context context) {
    if (workers.stream().anyMatch(n -> n < 1)) {
      throw usageError("-np must be at least 1, found " + workers);
    }
    if (workers.size() > 1 && workers.size() != configurations.size()) {
      throw usageError("-np needs one number, or one for each of the " + configurations.size()
          + " configurations, found " + workers.size());
    }
    Path preprocessed = folders.preprocessed(context);
    folders.raw(context);
    List<String> names = datasets.stream().map(d -> folders.datasetName(d, context)).toList();
    Map<String, Object> written = new LinkedHashMap<>();
    for (String name : names) {
      written.put(name, preprocess(name, preprocessed.resolve(name), context));
    }
    if (context.json()) {
      context.console().json(written);
    }
    return 0;
  }

  private Map<String, Object> preprocess(String name, Path folder, Context context) {
    RawDataset dataset = folders.rawDataset(name, context);
    Plans plans = PlansFiles.read(folder, plansName, context);
    Map<String, Object> written = new LinkedHashMap<>();
    for (int i = 0; i < configurations.size(); i++) {
      String configuration = configurations.get(i);
      if (!plans.configurationNames().contains(configuration)) {
        context.console().note(plansName + " has no configuration " + configuration
            + ": left out");
        continue;
      }
      int threads = workers.isEmpty()
          ? context.threads()
          : workers.get(workers.size() == 1 ? 0 : i);
      DatasetPreprocessor preprocessor = new DatasetPreprocessor(dataset, plans,
          plans.configuration(configuration), folder, format);
      DatasetPreprocessor.Outcome outcome = preprocessor.run(threads, context.progress(),
          context.cancellation());
      outcome.check();
      written.put(configuration, Map.of("folder", preprocessor.caseFolder().toString(), "done",
          outcome.done().size(), "kept", outcome.kept().size()));
      if (!context.json()) {
        context.console().result(preprocessor.caseFolder() + ": " + outcome.done().size()
            + " cases preprocessed, " + outcome.kept().size() + " kept");
      }
    }
    if (written.isEmpty()) {
      throw FiduciaException.badInput("nothing to preprocess", folder.resolve(plansName + ".json"),
          "expected one of " + plans.configurationNames() + ", found " + configurations,
          "name a configuration with -c");
    }
    if (Files.notExists(folder.resolve("dataset.json"))) {
      dataset.json().write(folder.resolve("dataset.json"));
    }
    return written;
  }
}
