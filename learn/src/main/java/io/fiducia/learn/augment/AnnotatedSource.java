package io.fiducia.learn.augment;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A case of which only some structures were contoured. Patches are never centred on the other
 * structures, which may be contoured on a few slices only.
 *
 * @param source the case
 * @param classes the classes it has contours of, numbered as in {@link PatchSource#classLocations()}
 */
public record AnnotatedSource(PatchSource source, Set<Integer> classes) implements WrappedSource {
  public AnnotatedSource {
    classes = Set.copyOf(classes);
  }

  @Override
  public Map<Integer, int[]> classLocations() {
    Map<Integer, int[]> known = new LinkedHashMap<>(source.classLocations());
    known.keySet().removeIf(k -> k != ANNOTATED && !classes.contains(k));
    return known;
  }

  @Override
  public Optional<Set<Integer>> annotated() {
    return Optional.of(classes);
  }
}
