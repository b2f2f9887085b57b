package io.fiducia.nnunet.run;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.select.BestConfiguration;
import io.fiducia.nnunet.select.BestConfiguration.Choice;
import io.fiducia.nnunet.select.BestConfiguration.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Chooses among the trained models of a dataset by their cross-validation, and writes
 * inference_information.json as nnUNetv2_find_best_configuration does.
 */
public final class ModelSelection {
  /**
   * What to choose from.
   *
   * @param trainers names of trainers
   * @param plans names of plans
   * @param configurations configurations; those that plans lack are left out
   * @param folds the folds of the cross-validation
   * @param pairs whether pairs of models are averaged and compared, too
   * @param overwrite whether what an earlier choice gathered and averaged is made again
   */
  public record Request(List<String> trainers, List<String> plans, List<String> configurations,
      List<String> folds, boolean pairs, boolean overwrite) {
    public Request {
      trainers = List.copyOf(trainers);
      plans = List.copyOf(plans);
      configurations = List.copyOf(configurations);
      folds = List.copyOf(folds);
    }
  }

  /**
   * What was chosen.
   *
   * @param models the dataset's folder of trained models
   * @param information the content of inference_information.json
   */
  public record Selected(String dataset, Path models, Choice choice, JsonNode information) {
    /** The first stage that a chosen model needs predictions of; empty unless it is a cascade's. */
    public Optional<Model> previousStage(Model m) {
      return Plans.read(models.resolve(m.identifier()).resolve("plans.json"))
          .configuration(m.configuration()).previousStage()
          .map(stage -> new Model(m.trainer(), m.plans(), stage));
    }
  }

  private ModelSelection() {}

  /**
   * Chooses.
   *
   * @param dataset the dataset's name; the folders of preprocessed data and results must be known,
   *     and the one of raw data where there is no gt_segmentations
   * @throws FiduciaException BAD_INPUT if a model, a fold or the reference label maps are missing
   */
  public static Selected run(NnunetRoots roots, String dataset, Request request,
      Progress progress, Cancellation cancellation) {
    Path models = roots.results().orElseThrow().resolve(dataset);
    Path preprocessed = roots.preprocessed().orElseThrow().resolve(dataset);
    List<Model> candidates = candidates(preprocessed, request, progress);
    Path copied = preprocessed.resolve(FoldData.REFERENCES);
    Path references = Files.isDirectory(copied)
        ? copied
        : roots.raw().map(raw -> raw.resolve(dataset).resolve("labelsTr")).orElse(copied);
    Choice choice = new BestConfiguration(models, references, request.folds(),
        request.overwrite(), progress, cancellation).choose(candidates, request.pairs());
    ObjectNode information = information(dataset, candidates, choice, request);
    AtomicFiles.writeString(models.resolve("inference_information.json"),
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(information)
            + "\n");
    return new Selected(dataset, models, choice, information);
  }

  /** Every combination that the plans have. */
  private static List<Model> candidates(Path preprocessed, Request request, Progress progress) {
    List<Model> models = new ArrayList<>();
    for (String trainer : request.trainers()) {
      for (String configuration : request.configurations()) {
        for (String plan : request.plans()) {
          if (PlansFiles.read(preprocessed, plan).configurationNames().contains(configuration)) {
            models.add(new Model(trainer, plan, configuration));
          } else {
            progress.note(plan + " has no configuration " + configuration);
          }
        }
      }
    }
    if (models.isEmpty()) {
      throw FiduciaException.badInput("nothing to choose from", preprocessed,
          "none of the plans has one of " + request.configurations(),
          "name configurations with -c");
    }
    return models;
  }

  private static ObjectNode information(String dataset, List<Model> candidates, Choice choice,
      Request request) {
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
    root.put("dataset_name_or_id", dataset);
    root.put("ensembling_allowed", request.pairs());
    ArrayNode list = root.putArray("folds");
    request.folds().forEach(f -> list.add(Integer.parseInt(f)));
    return root;
  }
}
