package io.fiducia.universeg.train;

import io.fiducia.base.AtomicFiles;
import io.fiducia.learn.train.TrainingLog;
import io.fiducia.universeg.network.NetworkShape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.IntFunction;
import tools.jackson.databind.json.JsonMapper;

/** What is known of trained weights, as a JSON file beside them. */
final class WeightsCard {
  /** Name of the file. */
  static final String NAME = "card.json";

  private static final List<String> LIMITS = List.of(
      "Research software: a person must check every contour.",
      "Trained on slices around one structure, cut to 1.15 to 2.2 times its extent, at 128x128 pixels;"
          + " a structure that is not near the middle of the slice is not looked for.",
      "Best with 8 or more support slices of other patients of the same kind of image; with one, results"
          + " are much worse.",
      "Dice in this card is of single slices that hold the structure, with known level and position;"
          + " whole volumes are harder.",
      "Phantom images are synthetic: scores on them say little about patients.");

  private WeightsCard() {}

  /**
   * How a training went.
   *
   * @param settings see {@link TrainingIdentity}
   * @param groups names of the validation's groups
   * @param seconds time spent training
   */
  record Course(Map<String, String> settings, AnatomyTasks tasks, List<String> groups,
      TrainingLog log, double seconds) {}

  /** Writes the card of a finished training. */
  static void write(InContextTraining training, NetworkShape shape, Course course,
      SupportScores scores) {
    Map<String, Object> card = new LinkedHashMap<>();
    card.put("name", training.label().name());
    card.put("form", shape.form().name().toLowerCase(Locale.ROOT));
    card.put("width", shape.width());
    card.put("levels", shape.levels());
    card.put("licence", training.label().licence());
    card.put("version", training.label().version());
    card.put("trained_on", trainedOn(training, course.tasks()));
    card.put("synthetic", "random label maps and superpixels on the images above, together "
        + course.settings().get("synthetic share") + " of all episodes");
    card.put("held_out", training.tasks().heldOut());
    card.put("settings", course.settings());
    card.put("minutes", rounded(course.seconds() / 60, 1));
    card.put("steps", course.log().steps());
    card.put("scores", scores(training, scores));
    card.put("course", rows(course));
    card.put("limits", LIMITS);
    AtomicFiles.writeString(training.folder().resolve(NAME),
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(card) + "\n");
  }

  private static List<Object> trainedOn(InContextTraining training, AnatomyTasks tasks) {
    List<Object> out = new ArrayList<>();
    for (InContextDataset dataset : training.datasets()) {
      Set<String> structures = new LinkedHashSet<>();
      Set<String> heldOut = new LinkedHashSet<>();
      Set<String> planes = new LinkedHashSet<>();
      Set<Integer> trained = new LinkedHashSet<>();
      Set<Integer> validated = new LinkedHashSet<>();
      for (StructureTask task : tasks.all()) {
        if (task.key().dataset().equals(dataset.name())) {
          (task.heldOut() ? heldOut : structures).add(task.key().structure());
          planes.add(task.key().plane().word());
          task.training().forEach(m -> trained.add(m.patient()));
          task.validation().forEach(m -> validated.add(m.patient()));
        }
      }
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dataset", dataset.name());
      entry.put("modality", dataset.modality().name());
      entry.put("cases", dataset.cases().size());
      entry.put("patients_trained_on", trained.size());
      entry.put("patients_validated_on", validated.size());
      entry.put("structures", structures);
      entry.put("held_out", heldOut);
      entry.put("planes", planes);
      out.add(entry);
    }
    return out;
  }

  private static Map<String, Object> scores(InContextTraining training, SupportScores scores) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("what",
        "mean Dice of slices of validation patients, by number of support slices; beside it that of"
            + " the pixels that more than half of the support's labels contain");
    putBySize(out, scores, "");
    for (InContextDataset dataset : training.datasets()) {
      Map<String, Object> one = new LinkedHashMap<>();
      putBySize(one, scores, dataset.name());
      out.put(dataset.name(), one);
    }
    out.put("tasks", scores.tasks().stream().map(WeightsCard::task).toList());
    return out;
  }

  private static void putBySize(Map<String, Object> out, SupportScores scores, String dataset) {
    out.put("trained", bySize(size -> scores.mean(dataset, false, size)));
    out.put("held_out", bySize(size -> scores.mean(dataset, true, size)));
    out.put("majority_of_support_trained", bySize(size -> scores.voteMean(dataset, false, size)));
    out.put("majority_of_support_held_out", bySize(size -> scores.voteMean(dataset, true, size)));
  }

  private static Map<String, Object> bySize(IntFunction<OptionalDouble> dice) {
    Map<String, Object> out = new LinkedHashMap<>();
    SupportScores.SIZES.forEach(size -> dice.apply(size)
        .ifPresent(d -> out.put(Integer.toString(size), rounded(d, 4))));
    return out;
  }

  private static Map<String, Object> task(SupportScores.OfTask task) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("dataset", task.key().dataset());
    out.put("structure", task.key().structure());
    out.put("plane", task.key().plane().word());
    out.put("held_out", task.heldOut());
    out.put("slices", task.slices());
    out.put("dice", rounded(task.dice()));
    out.put("majority_of_support", rounded(task.vote()));
    return out;
  }

  private static List<Object> rows(Course course) {
    List<String> groups = course.groups();
    List<Object> out = new ArrayList<>();
    int steps = 0;
    for (TrainingLog.Row row : course.log().rows()) {
      steps += row.steps();
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("steps", steps);
      one.put("loss", rounded(row.trainLoss(), 4));
      Map<String, Object> dice = new LinkedHashMap<>();
      for (int g = 0; g < Math.min(groups.size(), row.dicePerStructure().size()); g++) {
        dice.put(groups.get(g), rounded(row.dicePerStructure().get(g), 4));
      }
      one.put("dice", dice);
      out.add(one);
    }
    return out;
  }

  private static Map<String, Object> rounded(Map<Integer, Double> bySize) {
    Map<String, Object> out = new LinkedHashMap<>();
    bySize.forEach((size, d) -> out.put(Integer.toString(size), rounded(d, 4)));
    return out;
  }

  private static double rounded(double value, int digits) {
    double factor = Math.pow(10, digits);
    return Double.isFinite(value) ? Math.rint(value * factor) / factor : 0;
  }
}
