package io.fiducia.promptable.adapt.train;

import java.util.List;
import java.util.TreeMap;
import java.util.Map;
import java.util.ArrayList;

/**
 * The slices of a training.
 *
 * @param structures names, in order
 * @param training slices to learn from
 * @param validation slices of patients that are not learned from; with fewer than three patients those of {@code
 *     training}
 */
record AdaptSlices(List<String> structures, List<TrainingPicture> training,
    List<TrainingPicture> validation) {
  AdaptSlices {
    structures = List.copyOf(structures);
    training = List.copyOf(training);
    validation = List.copyOf(validation);
  }

  /** The pictures that show each structure; a structure without pictures is missing. */
  static Map<String, List<TrainingPicture>> byStructure(List<TrainingPicture> pictures) {
    Map<String, List<TrainingPicture>> out = new TreeMap<>();
    pictures.forEach(p -> p.structures()
        .forEach(s -> out.computeIfAbsent(s, key -> new ArrayList<>()).add(p)));
    return out;
  }
}
