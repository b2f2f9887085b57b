package io.fiducia.anatomy.task;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One network of a task. A task of many structures is divided among several networks.
 *
 * @param name short name, such as {@code organs}; {@code all} where a task has one network
 * @param labels the task's label for each label of the network; labels that are not here are dropped
 */
public record Part(String name, ModelSource model, Map<Integer, Integer> labels) {
  public Part {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
  }

  Part withPlans(String plans) {
    return new Part(name, new ModelSource(model.dataset(), model.folder(), model.trainer(), plans,
        model.configuration(), model.folds()), labels);
  }
}
