package io.fiducia.metrics;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.Structure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which structures are scored, from what the two sides hold.
 *
 * @param structures what to score; empty under {@code discover}
 * @param discover whether every label that a case's maps hold is scored
 * @param leftOut why structures of the references are not scored
 * @param unreferenced structures that only predictions have
 */
record StructureChoice(List<Structure> structures, boolean discover, List<String> leftOut,
    List<String> unreferenced) {
  /**
   * Chooses.
   *
   * @param known the structures whose labels are known, from dataset.json
   * @throws FiduciaException BAD_INPUT if labels must be matched with names that are not known
   */
  static StructureChoice of(List<CaseContours> references, List<CaseContours> predictions,
      List<Structure> known) {
    TreeSet<String> refNames = names(references);
    TreeSet<String> predNames = names(predictions);
    boolean refMaps = hasMaps(references);
    boolean predMaps = hasMaps(predictions);
    boolean named = !refNames.isEmpty() || !predNames.isEmpty();
    if (known.isEmpty() && named && (refMaps || predMaps)) {
      throw FiduciaException.badInput("the labels have no names",
          (refMaps ? references : predictions).get(0).path(),
          "the other side has one file per structure, known by its name",
          "name the labels with --labels dataset.json");
    }
    if (!named) {
      return new StructureChoice(known, known.isEmpty(), List.of(), List.of());
    }
    List<Structure> candidates = refNames.isEmpty() ? known : byName(refNames, known);
    List<Structure> chosen = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    for (Structure s : candidates) {
      if (predMaps && !s.labels().isEmpty()
          || NameMatcher.find(s.name(), predNames).isPresent()) {
        chosen.add(s);
      } else {
        leftOut.add("no prediction has " + s.name() + ", which was not evaluated");
      }
    }
    List<String> unreferenced = predNames.stream()
        .filter(n -> candidates.stream().noneMatch(s -> NameMatcher.same(s.name(), n)))
        .collect(Collectors.toCollection(ArrayList::new));
    return new StructureChoice(chosen, false, leftOut, unreferenced);
  }

  /** The structures of some names, with their labels where these are known. */
  private static List<Structure> byName(TreeSet<String> names, List<Structure> known) {
    List<Structure> structures = new ArrayList<>();
    for (String name : names) {
      if (structures.stream().anyMatch(s -> NameMatcher.same(s.name(), name))) {
        continue;
      }
      Optional<Structure> labelled = NameMatcher
          .find(name, known.stream().map(Structure::name).toList())
          .flatMap(n -> known.stream().filter(k -> k.name().equals(n)).findFirst());
      structures.add(labelled.map(k -> new Structure(name, k.labels(), k.region()))
          .orElse(Structure.named(name)));
    }
    return structures;
  }

  private static TreeSet<String> names(List<CaseContours> cases) {
    TreeSet<String> names = new TreeSet<>();
    for (CaseContours c : cases) {
      if (c instanceof CaseContours.StructureFiles files) {
        names.addAll(files.files().keySet());
      }
    }
    return names;
  }

  private static boolean hasMaps(List<CaseContours> cases) {
    return cases.stream().anyMatch(CaseContours.LabelMap.class::isInstance);
  }
}
