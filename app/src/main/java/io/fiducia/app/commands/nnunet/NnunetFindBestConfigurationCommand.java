package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.base.AtomicFiles;
import io.fiducia.nnunet.run.ModelSelection;
import io.fiducia.nnunet.run.ModelSelection.Selected;
import io.fiducia.nnunet.run.NnunetRoots;
import io.fiducia.nnunet.run.TrainerName;
import io.fiducia.nnunet.select.BestConfiguration.Choice;
import io.fiducia.nnunet.select.BestConfiguration.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fiducia nnunet find-best-configuration}: which models to use, and how. */
@Command(name = "find-best-configuration", description = {
  "Chooses the best trained model or pair of models, and its post-processing.",
  "Scores them by cross-validation; writes inference_information.json and inference_instructions.txt."}, footer = {
    "",
    "Example:", "  fiducia nnunet find-best-configuration 4 -c 2d 3d_fullres"})
public final class NnunetFindBestConfigurationCommand extends FiduciaCommand {
  @Parameters(index = "0", paramLabel = "DATASET", description = "number or name of the dataset")
  private String dataset;

  @Option(names = "-p", arity = "1..*", paramLabel = "PLANS", description = "plans (default: nnUNetPlans)")
  private List<String> plans = List.of("nnUNetPlans");

  @Option(names = "-c", arity = "1..*", paramLabel = "CONFIG", description = "configurations (default: those of 2d 3d_fullres 3d_lowres 3d_cascade_fullres that the plans have)")
  private List<String> configurations = List.of("2d", "3d_fullres", "3d_lowres",
      "3d_cascade_fullres");

  @Option(names = "-tr", arity = "1..*", paramLabel = "TRAINER", description = "trainers (default: nnUNetTrainer)")
  private List<String> trainers = List.of(TrainerName.DEFAULT);

  @Option(names = "-f", arity = "1..*", paramLabel = "FOLD", description = "folds (default: 0 1 2 3 4)")
  private List<String> folds = List.of("0", "1", "2", "3", "4");

  @Option(names = "--disable_ensembling", description = "do not try pairs of models")
  private boolean single;

  @Option(names = "--no_overwrite", description = "keep the results that an earlier call gathered and averaged")
  private boolean keep;

  @Option(names = "-np", paramLabel = "N", description = "accepted for compatibility with nnU-Net; no effect, see --threads")
  private Integer workers;

  @Mixin
  private NnunetFolders folders;

  @Override
  protected int run(Context context) {
    for (String fold : folds) {
      if (!fold.matches("\\d{1,6}")) {
        throw usageError("-f takes numbers, found " + fold);
      }
    }
    folders.results(context);
    folders.preprocessed(context);
    NnunetRoots roots = folders.roots(context);
    Selected selected = ModelSelection.run(roots, roots.datasetName(dataset),
        new ModelSelection.Request(trainers, plans, configurations, folds, !single, !keep),
        context.progress(), context.cancellation());
    Choice choice = selected.choice();
    String instructions = instructions(selected);
    AtomicFiles.writeString(selected.models().resolve("inference_instructions.txt"),
        instructions);
    if (context.json()) {
      context.console().json(selected.information());
    } else {
      choice.scores().forEach((k, v) -> context.console()
          .result(String.format(Locale.ROOT, "%.5f  %s", v, k)));
      context.console().result(String.format(Locale.ROOT,
          "best: %s, mean Dice %.5f, after post-processing %.5f",
          String.join(" and ", choice.best().stream().map(Model::identifier).toList()),
          choice.before(), choice.after()));
      context.console().result("");
      context.console().result(instructions.stripTrailing());
    }
    return 0;
  }

  private String instructions(Selected selected) {
    Choice choice = selected.choice();
    String name = selected.dataset();
    boolean ensemble = choice.best().size() > 1;
    StringBuilder text = new StringBuilder("Predict:\n\n");
    List<String> outputs = new ArrayList<>();
    for (int i = 0; i < choice.best().size(); i++) {
      Model m = choice.best().get(i);
      String output = ensemble ? "OUTPUT_FOLDER_MODEL_" + (i + 1) : "OUTPUT_FOLDER";
      outputs.add(output);
      String previous = "";
      Optional<Model> stage = selected.previousStage(m);
      if (stage.isPresent()) {
        previous = output + "_PREV_STAGE";
        text.append(command(name, stage.get(), previous))
            .append('\n');
      }
      text.append(command(name, m, output))
          .append(previous.isEmpty() ? "" : " -prev_stage_predictions " + previous)
          .append(ensemble ? " --save_probabilities\n" : "\n");
    }
    if (ensemble) {
      text.append("\nAverage:\n\nfiducia nnunet ensemble -i ").append(String.join(" ", outputs))
          .append(" -o OUTPUT_FOLDER\n");
    }
    return text.append("\nPost-process:\n\nfiducia nnunet apply-postprocessing -i OUTPUT_FOLDER"
        + " -o OUTPUT_FOLDER_PP -pp_pkl_file ")
        .append(choice.folder().resolve("postprocessing.pkl")).append(" -plans_json ")
        .append(choice.folder().resolve("plans.json")).append('\n').toString();
  }

  private String command(String name, Model m, String output) {
    return "fiducia nnunet predict -d " + name + " -i INPUT_FOLDER -o " + output + " -f "
        + String.join(" ", folds) + " -tr " + m.trainer() + " -c " + m.configuration() + " -p "
        + m.plans();
  }
}
