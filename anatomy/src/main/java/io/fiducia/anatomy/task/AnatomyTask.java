package io.fiducia.anatomy.task;

import io.fiducia.core.Modality;

import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A task of a public tool.
 *
 * @param name as the tool calls it: {@code total}, or CADS's number
 * @param licensed whether the weights are given to holders of a licence number only
 * @param classes names by label, in the tool's own words and order
 * @param auxiliary labels of the network that were trained to keep others apart; erased from results
 * @param variants by name; {@link Variant#DEFAULT} is always there
 * @param crop around what the image is cropped first
 * @param keepNear outside of what the result is erased
 * @param fastRefused whether the tool refuses its option for speed with this task
 * @param note what the tool prints before it runs the task
 */
public record AnatomyTask(Tool tool, String name, Modality modality, boolean licensed,
    Map<Integer, String> classes, Set<Integer> auxiliary, Map<String, Variant> variants,
    Optional<CropRule> crop, Optional<KeepNear> keepNear, boolean fastRefused,
    Optional<String> note) {
  public AnatomyTask {
    classes = Collections.unmodifiableMap(new LinkedHashMap<>(classes));
    auxiliary = Set.copyOf(auxiliary);
    variants = Collections.unmodifiableMap(new LinkedHashMap<>(variants));
  }

  /** The variant at full resolution. */
  public Variant standard() {
    return variants.get(Variant.DEFAULT);
  }

  /** The structures in the order of their labels. */
  public StructureSet structures() {
    return new StructureSet(classes.entrySet().stream()
        .map(e -> Structure.of(e.getValue(), e.getKey())).toList());
  }

  /** The label of a structure, by the tool's name for it. */
  public Optional<Integer> label(String structure) {
    return classes.entrySet().stream().filter(e -> e.getValue().equals(structure))
        .map(Map.Entry::getKey).findFirst();
  }

  /** The same task with networks that were planned otherwise. */
  AnatomyTask withPlans(String plans) {
    Map<String, Variant> other = new LinkedHashMap<>();
    variants.forEach((variant, v) -> other.put(variant,
        new Variant(v.spacingMm(), v.step(), v.parts().stream().map(p -> p.withPlans(plans))
            .toList())));
    return new AnatomyTask(tool, name, modality, licensed, classes, auxiliary, other, crop,
        keepNear, fastRefused, note);
  }

  /** Names of the structures in the order of their labels. */
  public List<String> names() {
    return List.copyOf(classes.values());
  }
}
