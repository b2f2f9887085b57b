package io.fiducia.core;

import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The structures that a dataset declares or a model contours, each name once.
 *
 * @param structures in the order that people should see
 */
public record StructureSet(List<Structure> structures) implements Iterable<Structure> {
  public StructureSet {
    structures = List.copyOf(structures);
    Set<String> names = new HashSet<>();
    for (Structure s : structures) {
      if (!names.add(s.name())) {
        throw new IllegalArgumentException("two structures named " + s.name());
      }
    }
  }

  public static StructureSet of(Structure... structures) {
    return new StructureSet(List.of(structures));
  }

  /** The structure of that name, if there is one. */
  public Optional<Structure> find(String name) {
    return stream().filter(s -> s.name().equals(name)).findFirst();
  }

  /** The structures that a label value marks: none for background, several where they overlap. */
  public List<Structure> at(int label) {
    return stream().filter(s -> s.labels().contains(label)).toList();
  }

  /** Names in order. */
  public List<String> names() {
    return stream().map(Structure::name).toList();
  }

  public Stream<Structure> stream() {
    return structures.stream();
  }

  @Override
  public Iterator<Structure> iterator() {
    return structures.iterator();
  }
}
