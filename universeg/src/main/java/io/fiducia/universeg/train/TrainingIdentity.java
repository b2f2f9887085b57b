package io.fiducia.universeg.train;

import io.fiducia.core.ContouredCase;
import io.fiducia.universeg.network.NetworkShape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The settings of a training, as texts by name. They stand in the checkpoint and in the card. A training
 * that goes on may not change them, but for how long it lasts and how much of it has coarse slices.
 */
final class TrainingIdentity {
  private static final String COARSE = "steps at half resolution";
  /** What may differ when a training goes on. */
  static final Set<String> FREE = Set.of(COARSE);

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
    out.put(COARSE, Integer.toString(training.length().coarseSteps()));
    out.put("learning rate", String.format(Locale.ROOT, "%.6f", training.length().rate()));
    return out;
  }

  private static String dataset(InContextDataset dataset) {
    List<String> ids = dataset.cases().stream().map(ContouredCase::id).sorted().toList();
    return dataset.name() + " (" + dataset.modality() + ", " + ids.size() + " cases, "
        + Integer.toHexString(ids.hashCode()) + ")";
  }
}
