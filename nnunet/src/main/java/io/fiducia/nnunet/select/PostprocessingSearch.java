package io.fiducia.nnunet.select;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FileNames;
import io.fiducia.base.Progress;
import io.fiducia.core.Structure;
import io.fiducia.metrics.Evaluation;
import io.fiducia.metrics.FolderEvaluator;
import io.fiducia.metrics.MetricSet;
import io.fiducia.nnunet.cases.LabelFiles;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * nnU-Net's decision whether small components are to be removed, made on a cross-validation: first of
 * the whole foreground, if the mean Dice rises and no structure's falls; then structure by
 * structure, where its own Dice rises.
 *
 * <p>Structures that are single labels cannot influence each other, so that all of them are tried in one
 * reading of the cases; regions are tried one after another.
 */
public final class PostprocessingSearch {
  private static final String TASK = "Post-processing";
  private static final List<String> NNUNET_METRICS = List.of("Dice", "FN", "FP", "IoU", "TN", "TP",
      "n_pred", "n_ref");

  private final LabelFiles maps;
  private final Map<String, Path> references;
  private final Map<String, Path> predictions;
  private final Labels labels;
  private final List<Structure> structures;
  private final Progress progress;
  private final Cancellation cancellation;

  /** A search over cases that have a file on both sides. */
  public PostprocessingSearch(LabelFiles maps, Map<String, Path> references,
      Map<String, Path> predictions, Labels labels, List<Structure> structures, Progress progress,
      Cancellation cancellation) {
    this.maps = maps;
    this.references = references;
    this.predictions = predictions;
    this.labels = labels;
    this.structures = structures;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /** The steps that help, in the order in which they are to be applied. */
  public List<PostprocessingStep> search() {
    List<PostprocessingStep> chosen = new ArrayList<>();
    PostprocessingStep foreground = new PostprocessingStep(labels.foregroundValues().stream()
        .map(l -> new PostprocessingStep.Group(List.of(l), false)).toList(), true);
    Map<Optional<PostprocessingStep>, List<Double>> first = dice(chosen, List.of(foreground));
    List<Double> before = first.get(Optional.<PostprocessingStep>empty());
    List<Double> after = first.get(Optional.of(foreground));
    boolean better = mean(after) > mean(before);
    for (int s = 0; s < structures.size(); s++) {
      better &= !(after.get(s) < before.get(s));
    }
    note("the foreground", "mean Dice", mean(after), mean(before), better);
    if (better) {
      chosen.add(foreground);
    }
    if (structures.size() > 1) {
      for (List<Integer> together : rounds()) {
        List<PostprocessingStep> candidates = together.stream().map(this::only).toList();
        Map<Optional<PostprocessingStep>, List<Double>> dice = dice(chosen, candidates);
        for (int i = 0; i < candidates.size(); i++) {
          int s = together.get(i);
          double with = dice.get(Optional.of(candidates.get(i))).get(s);
          double without = dice.get(Optional.<PostprocessingStep>empty()).get(s);
          note(structures.get(s).name(), "Dice", with, without, with > without);
          if (with > without) {
            chosen.add(candidates.get(i));
          }
        }
      }
    }
    return List.copyOf(chosen);
  }

  private PostprocessingStep only(int structure) {
    Structure s = structures.get(structure);
    return new PostprocessingStep(
        List.of(new PostprocessingStep.Group(s.labels(), s.region())), false);
  }

  /** Structures that may be tried together. */
  private List<List<Integer>> rounds() {
    List<Integer> all = new ArrayList<>();
    for (int s = 0; s < structures.size(); s++) {
      all.add(s);
    }
    return labels.hasRegions() ? all.stream().map(List::of).toList() : List.of(all);
  }

  private void note(String what, String score, double with, double without, boolean chosen) {
    String found = Double.isNaN(with) || Double.isNaN(without)
        ? score + " does not exist, because a structure is in no reference and no prediction"
        : String.format(Locale.ROOT, "%s %.5f, %.5f without", score, with, without);
    progress.note("keeping the largest component of " + what + ": " + found
        + (chosen ? ": chosen" : ": not chosen"));
  }

  /**
   * NaN as soon as one structure has no value, so that the foreground is left alone then. nnU-Net
   * decides the same: its foreground mean is {@code np.mean}, and NaN is not greater than NaN. {@link
   * Evaluation#foregroundMean} leaves such a structure out.
   */
  private static double mean(List<Double> dice) {
    return dice.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
  }

  /** Mean Dice of each structure after the given steps, without and with each candidate. */
  private Map<Optional<PostprocessingStep>, List<Double>> dice(List<PostprocessingStep> given,
      List<PostprocessingStep> candidates) {
    List<Optional<PostprocessingStep>> variants = new ArrayList<>();
    variants.add(Optional.empty());
    candidates.forEach(c -> variants.add(Optional.of(c)));
    progress.started(TASK, predictions.size(), "case");
    AtomicInteger done = new AtomicInteger();
    // [case][variant][structure]
    List<List<List<Double>>> perCase = predictions.keySet().parallelStream().map(id -> {
      cancellation.check("post-processing");
      LabelVolume reference = maps.read(references.get(id));
      LabelVolume prediction = PostprocessingStep.applyAll(given,
          maps.read(predictions.get(id)));
      List<List<Double>> result = variants.stream().map(v -> overlap(reference,
          v.map(step -> step.apply(prediction)).orElse(prediction))).toList();
      progress.advanced(TASK, done.incrementAndGet(), id);
      return result;
    }).toList();
    progress.finished(TASK);
    Map<Optional<PostprocessingStep>, List<Double>> means = new LinkedHashMap<>();
    for (int v = 0; v < variants.size(); v++) {
      int variant = v;
      List<Double> mean = new ArrayList<>();
      for (int s = 0; s < structures.size(); s++) {
        int structure = s;
        mean.add(perCase.stream().mapToDouble(c -> c.get(variant).get(structure))
            .filter(d -> !Double.isNaN(d)).average().orElse(Double.NaN));
      }
      means.put(variants.get(v), mean);
    }
    return means;
  }

  private List<Double> overlap(LabelVolume reference, LabelVolume prediction) {
    Map<String, Map<String, Double>> scores = FolderEvaluator.score(reference, prediction,
        structures, labels.ignore(), MetricSet.overlap());
    return structures.stream().map(s -> scores.get(s.key()).get("Dice")).toList();
  }

  /** Applies steps to label maps and writes them under the same names. */
  public static void apply(LabelFiles maps, Map<String, Path> predictions,
      List<PostprocessingStep> steps, Path out, Progress progress, Cancellation cancellation) {
    FileNames.checkApart(predictions.keySet(), out, progress);
    progress.started(TASK, predictions.size(), "case");
    AtomicInteger done = new AtomicInteger();
    predictions.entrySet().parallelStream().forEach(e -> {
      cancellation.check("post-processing");
      maps.rewrite(e.getValue(), out.resolve(e.getValue().getFileName()),
          map -> PostprocessingStep.applyAll(steps, map));
      progress.advanced(TASK, done.incrementAndGet(), e.getKey());
    });
    progress.finished(TASK);
  }

  /** Writes postprocessing.pkl and postprocessing.json as nnU-Net does. */
  public static void write(Path folder, List<PostprocessingStep> steps, Evaluation before,
      Evaluation after) {
    PostprocessingFile.write(folder.resolve("postprocessing.pkl"), steps);
    JsonMapper json = JsonMapper.builder().disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS).build();
    ObjectNode root = json.createObjectNode();
    means(root.putObject("input_folder"), before);
    means(root.putObject("postprocessed"), after);
    ArrayNode functions = root.putArray("postprocessing_fns");
    ArrayNode arguments = root.putArray("postprocessing_kwargs");
    for (PostprocessingStep step : steps) {
      functions.add(PostprocessingFile.FUNCTION);
      ObjectNode argument = arguments.addObject();
      if (step.list()) {
        ArrayNode list = argument.putArray("labels_or_regions");
        step.groups().forEach(g -> g.labels().forEach(list::add));
      } else if (step.groups().get(0).region()) {
        step.groups().get(0).labels()
            .forEach(argument.withArray("labels_or_regions")::add);
      } else {
        argument.put("labels_or_regions", step.groups().get(0).labels().get(0));
      }
    }
    AtomicFiles.writeString(folder.resolve("postprocessing.json"),
        json.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
  }

  private static void means(ObjectNode node, Evaluation evaluation) {
    put(node.putObject("foreground_mean"), evaluation.foregroundMean());
    ObjectNode mean = node.putObject("mean");
    evaluation.structures().forEach(s -> put(mean.putObject(s.key()), evaluation.mean(s.key())));
  }

  private static void put(ObjectNode node, Map<String, Double> values) {
    NNUNET_METRICS.forEach(m -> node.put(m, values.get(m)));
  }
}
