package io.fiducia.anatomy.cads;

import io.fiducia.anatomy.engine.LabelLookup;
import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.volume.LabelVolume;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One label map of the structures of several tasks, with CADS's numbers from 1 to 167. Tasks are added
 * ascending, and a later one overwrites. Structures in which others lie (muscle, bones, brain, ...) do
 * not enter.
 *
 * <p>Difference from CADS: there, the thoracic cavity overwrites the lungs, the heart and the vessels in
 * it. Here it fills only what is still empty, unless CADS's own rule is asked for.
 */
public final class CombinedMap {
  private static final String FILLS_ONLY = "thoracic_cavity";

  private final CadsTasks table;
  private final boolean strict;
  private final LabelVolume map;
  private final Map<Integer, String> names = new TreeMap<>();

  /**
   * An empty map.
   *
   * @param like on the grid of the map
   * @param strict whether CADS's own rule holds for the thoracic cavity
   */
  public CombinedMap(CadsTasks table, LabelVolume like, boolean strict) {
    this.table = table;
    this.strict = strict;
    this.map = new LabelVolume(like.geometry(), new short[like.data().length]);
  }

  /** Adds what a task found, on the grid of the map. */
  public void add(AnatomyTask task, LabelVolume found) {
    Map<Integer, Integer> combined = table.details(task.name()).combinedLabels();
    Map<Integer, Integer> overwriting = new LinkedHashMap<>();
    Map<Integer, Integer> filling = new LinkedHashMap<>();
    task.classes().forEach((label, name) -> {
      if (!table.excludedFromCombined().contains(name)) {
        int number = combined.get(label);
        names.put(number, name);
        (name.equals(FILLS_ONLY) && !strict ? filling : overwriting).put(label, number);
      }
    });
    LabelLookup.of(overwriting).writeOver(found, map);
    fill(found, filling);
  }

  private void fill(LabelVolume found, Map<Integer, Integer> filling) {
    short[] to = map.data();
    short[] from = found.data();
    filling.forEach((label, number) -> {
      for (int i = 0; i < to.length; i++) {
        if (to[i] == 0 && from[i] == label) {
          to[i] = number.shortValue();
        }
      }
    });
  }

  /** The map; later additions change it. */
  public LabelVolume labels() {
    return map;
  }

  /** CADS's names of the structures that may be in the map, by number. */
  public Map<Integer, String> names() {
    return Collections.unmodifiableMap(names);
  }

  /** Names of the structures that CADS leaves out of such maps. */
  public Set<String> leftOut() {
    return table.excludedFromCombined();
  }
}
