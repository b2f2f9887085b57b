package io.fiducia.promptable.adapt.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

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

  /** All slices, each once. */
  List<TrainingPicture> all() {
    if (validation.equals(training)) {
      return training;
    }
    List<TrainingPicture> out = new ArrayList<>(training);
    out.addAll(validation);
    return out;
  }

  /** The slices of several datasets as one; structures of one name are one structure. */
  static AdaptSlices together(List<AdaptSlices> all) {
    TreeSet<String> structures = new TreeSet<>();
    List<TrainingPicture> training = new ArrayList<>();
    List<TrainingPicture> validation = new ArrayList<>();
    for (AdaptSlices one : all) {
      structures.addAll(one.structures);
      training.addAll(one.training);
      validation.addAll(one.validation);
    }
    return new AdaptSlices(List.copyOf(structures), training, validation);
  }

  /** The pictures that show each structure; a structure without pictures is missing. */
  static Map<String, List<TrainingPicture>> byStructure(List<TrainingPicture> pictures) {
    Map<String, List<TrainingPicture>> out = new TreeMap<>();
    pictures.forEach(p -> p.structures()
        .forEach(s -> out.computeIfAbsent(s, key -> new ArrayList<>()).add(p)));
    return out;
  }
}
