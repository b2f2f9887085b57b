package io.fiducia.nnunet.augment;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A case of which only some structures were contoured. Patches are never centred on the others, of
 * which only scraps may be there.
 *
 * @param source the case
 * @param classes the classes it has contours of, numbered as in {@link PatchSource#classLocations()}
 */
public record AnnotatedSource(PatchSource source, Set<Integer> classes) implements PatchSource {
  public AnnotatedSource {
    classes = Set.copyOf(classes);
  }

  @Override
  public String id() {
    return source.id();
  }

  @Override
  public int[] shape() {
    return source.shape();
  }

  @Override
  public int channels() {
    return source.channels();
  }

  @Override
  public void readPatch(int[] start, int[] size, float[] data, short[] seg) {
    source.readPatch(start, size, data, seg);
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

  @Override
  public boolean hasPreviousStage() {
    return source.hasPreviousStage();
  }

  @Override
  public void readPreviousStage(int[] start, int[] size, short[] seg) {
    source.readPreviousStage(start, size, seg);
  }
}
