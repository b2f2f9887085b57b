package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.select.BestConfiguration;
import io.fiducia.nnunet.select.BestConfiguration.Choice;
import io.fiducia.nnunet.select.BestConfiguration.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code fiducia nnunet find-best-configuration}: which models to use, and how. */
@Command(name = "find-best-configuration", description = {
  "Scores trained models and pairs of them by cross-validation, chooses the post-processing,",
  "and writes inference_information.json and inference_instructions.txt."}, footer = {"",
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
    Path results = folders.results(context);
    String name = folders.datasetName(dataset, context);
    Path models = results.resolve(name);
    List<Model> candidates = candidates(name, context);
    Path preprocessed = folders.preprocessed(context).resolve(name).resolve("gt_segmentations");
    Choice choice = new BestConfiguration(models, Files.isDirectory(preprocessed)
        ? preprocessed
        : folders.raw(context).resolve(name).resolve("labelsTr"), folds, !keep,
        context.progress(), context.cancellation()).choose(candidates, !single);
    ObjectNode information = information(name, candidates, choice);
    AtomicFiles.writeString(models.resolve("inference_information.json"),
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(information)
            + "\n");
    String instructions = instructions(name, models, choice);
    AtomicFiles.writeString(models.resolve("inference_instructions.txt"), instructions);
    if (context.json()) {
      context.console().json(information);
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

  /** Every combination that the plans have. */
  private List<Model> candidates(String name, Context context) {
    List<Model> models = new ArrayList<>();
    for (String trainer : trainers) {
      for (String configuration : configurations) {
        for (String plan : plans) {
          Path folder = folders.preprocessed(context).resolve(name);
          if (PlansFiles.read(folder, plan).configurationNames().contains(configuration)) {
            models.add(new Model(trainer, plan, configuration));
          } else {
            context.console().note(plan + " has no configuration " + configuration);
          }
        }
      }
    }
    if (models.isEmpty()) {
      throw FiduciaException.badInput("nothing to choose from",
          folders.preprocessed(context).resolve(name),
          "none of the plans has one of " + configurations, "name configurations with -c");
    }
    return models;
  }

  private ObjectNode information(String name, List<Model> candidates, Choice choice) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    choice.scores().forEach(root.putObject("all_results")::put);
    ObjectNode best = root.putObject("best_model_or_ensemble");
    best.put("postprocessing_file", choice.folder().resolve("postprocessing.pkl").toString());
    best.put("result_on_crossval_post_pp", choice.after());
    best.put("result_on_crossval_pre_pp", choice.before());
    ArrayNode selected = best.putArray("selected_model_or_models");
    choice.best().forEach(m -> selected.addObject().put("configuration", m.configuration())
        .put("plans_identifier", m.plans()).put("trainer", m.trainer()));
    best.put("some_plans_file", choice.folder().resolve("plans.json").toString());
    ArrayNode considered = root.putArray("considered_models");
    candidates.forEach(m -> considered.addObject().put("configuration", m.configuration())
        .put("plans", m.plans()).put("trainer", m.trainer()));
    root.put("dataset_name_or_id", name);
    root.put("ensembling_allowed", !single);
    ArrayNode list = root.putArray("folds");
    folds.forEach(f -> list.add(Integer.parseInt(f)));
    return root;
  }

  private String instructions(String name, Path models, Choice choice) {
    boolean ensemble = choice.best().size() > 1;
    StringBuilder text = new StringBuilder("Predict:\n\n");
    List<String> outputs = new ArrayList<>();
    for (int i = 0; i < choice.best().size(); i++) {
      Model m = choice.best().get(i);
      String output = ensemble ? "OUTPUT_FOLDER_MODEL_" + (i + 1) : "OUTPUT_FOLDER";
      outputs.add(output);
      String previous = "";
      Path planned = models.resolve(m.identifier()).resolve("plans.json");
      var stage = Plans.read(planned).configuration(m.configuration()).previousStage();
      if (stage.isPresent()) {
        previous = output + "_PREV_STAGE";
        text.append(command(name, new Model(m.trainer(), m.plans(), stage.get()), previous))
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
