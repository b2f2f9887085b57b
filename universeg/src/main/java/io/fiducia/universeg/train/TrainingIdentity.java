package io.fiducia.universeg.train;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.ContouredCase;
import io.fiducia.universeg.network.NetworkShape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a training may not change when it goes on, as texts by name. They stand in the checkpoint and in
 * the card.
 */
final class TrainingIdentity {
  private TrainingIdentity() {}

  /**
   * The settings of a training.
   *
   * @param initial the SHA-256 of the weights that it starts from, or "random"
   */
  static Map<String, String> of(InContextTraining training, NetworkShape shape, String initial,
      long seed) {
    Map<String, String> out = new LinkedHashMap<>();
    out.put("seed", Long.toString(seed));
    out.put("width", Integer.toString(shape.width()));
    out.put("levels", Integer.toString(shape.levels()));
    out.put("initial weights", initial);
    out.put("datasets", training.datasets().stream().map(TrainingIdentity::dataset).sorted()
        .collect(Collectors.joining("; ")));
    out.put("held-out structures",
        training.tasks().heldOut().stream().sorted().collect(Collectors.joining(", ")));
    out.put("patients of each dataset", Integer.toString(training.tasks().patients()));
    out.put("synthetic share", String.format(Locale.ROOT, "%.3f", training.tasks().synthetic()));
    out.put("steps at half resolution", Integer.toString(training.length().coarseSteps()));
    out.put("learning rate", String.format(Locale.ROOT, "%.6f", training.length().rate()));
    return out;
  }

  private static String dataset(InContextDataset dataset) {
    List<String> ids = dataset.cases().stream().map(ContouredCase::id).sorted().toList();
    return dataset.name() + " (" + dataset.modality() + ", " + ids.size() + " cases, "
        + Integer.toHexString(ids.hashCode()) + ")";
  }

  /**
   * Checks that a training that goes on is the one that was begun.
   *
   * @throws FiduciaException BAD_INPUT naming the first setting that differs
   */
  static void requireSame(Map<String, String> then, Map<String, String> now, Path file) {
    now.forEach((name, value) -> {
      String before = then.getOrDefault(name, "not known");
      if (!before.equals(value)) {
        throw FiduciaException.badInput("this training was begun with other settings", file,
            name + ": " + before + " then, " + value + " now",
            "go on with the same settings, choose another output folder, or start again from the"
                + " beginning");
      }
    });
  }
}
