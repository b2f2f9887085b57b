package io.fiducia.universeg.score;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.Suggestions;
import io.fiducia.core.Case;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Segmentation;
import io.fiducia.core.StructureSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A case that knows some of its structures only, so that a system learns no others. */
public record ChosenStructures(ContouredCase all, Set<String> names) implements ContouredCase {
  public ChosenStructures {
    names = Set.copyOf(names);
  }

  /**
   * The structures that were asked for, in their order; all if none were.
   *
   * @throws FiduciaException USAGE for a name that is not there or stands twice
   */
  public static List<String> named(List<String> wanted, List<String> available) {
    List<String> chosen = new ArrayList<>();
    for (String name : wanted) {
      if (!available.contains(name)) {
        throw FiduciaException.usage("no structure is called " + name,
            "the structures are " + String.join(", ", available),
            Suggestions.nearest(name, available).map(s -> "did you mean " + s + "?")
                .orElse("choose from these"));
      }
      if (chosen.contains(name)) {
        throw FiduciaException.usage("the structure " + name + " is named twice", "", "");
      }
      chosen.add(name);
    }
    return chosen.isEmpty() ? available : chosen;
  }

  @Override
  public String id() {
    return all.id();
  }

  @Override
  public Case images() {
    return all.images();
  }

  @Override
  public Segmentation contours() {
    Segmentation read = all.contours();
    List<Segmentation.Layer> layers = read.layers().stream()
        .map(layer -> new Segmentation.Layer(new StructureSet(
            layer.structures().stream().filter(s -> names.contains(s.name())).toList()),
            layer.labels()))
        .toList();
    return new Segmentation(read.caseId(), layers, Map.of(), read.provenance());
  }
}
