package io.fiducia.anatomy.task;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of a CADS task besides its networks.
 *
 * @param title what it contours, in a few words
 * @param region whether it is one of the models by region of the body (601 to 613), for which CADS
 *     publishes labels and weights only
 * @param displayNames names for people, by label
 * @param combinedLabels the label in the combined map of all tasks, by label
 * @param needs tasks whose results this one's post-processing looks at, ascending
 * @param components which components are kept, by label; labels that are not here are left as they are
 */
public record CadsDetails(String title, boolean region, Map<Integer, String> displayNames,
    Map<Integer, Integer> combinedLabels, List<String> needs,
    Map<Integer, ComponentRule> components) {
  public CadsDetails {
    displayNames = Collections.unmodifiableMap(new LinkedHashMap<>(displayNames));
    combinedLabels = Collections.unmodifiableMap(new LinkedHashMap<>(combinedLabels));
    needs = List.copyOf(needs);
    components = Collections.unmodifiableMap(new LinkedHashMap<>(components));
  }
}
