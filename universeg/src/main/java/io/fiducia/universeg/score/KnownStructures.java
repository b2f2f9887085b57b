package io.fiducia.universeg.score;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Adaptable;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Segmenter;
import io.fiducia.core.StructureSet;
import io.fiducia.universeg.support.StructureMask;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A system that is asked only for the structures that at least one of its cases has. A support of few
 * cases may lack one of several structures, which must not keep the system from segmenting the others;
 * what it does not segment counts as empty.
 */
public final class KnownStructures implements Adaptable {
  private final StructureSet all;
  private final Function<StructureSet, Adaptable> system;
  /** Contours are read once per case, however many support sets it is part of. */
  private final Map<String, Set<String>> known = new ConcurrentHashMap<>();

  /**
   * Wraps a system.
   *
   * @param all the structures that are wanted
   * @param system the system that segments some of them
   */
  public KnownStructures(StructureSet all, Function<StructureSet, Adaptable> system) {
    this.all = all;
    this.system = system;
  }

  @Override
  public Segmenter adapt(Request request, Progress progress, Cancellation cancellation) {
    Set<String> names = new HashSet<>();
    for (ContouredCase c : request.cases()) {
      cancellation.check("reading the support");
      names.addAll(known.computeIfAbsent(c.id(),
          id -> Set.copyOf(StructureMask.all(c.contours()).keySet())));
    }
    StructureSet found = new StructureSet(
        all.stream().filter(s -> names.contains(s.name())).toList());
    if (found.structures().isEmpty()) {
      throw FiduciaException.badInput("no support case has one of the structures",
          String.join(", ", all.names()), "none of them has a voxel in "
              + request.cases().size() + (request.cases().size() == 1 ? " case" : " cases"),
          "add cases with these structures");
    }
    return system.apply(found).adapt(request, progress, cancellation);
  }
}
