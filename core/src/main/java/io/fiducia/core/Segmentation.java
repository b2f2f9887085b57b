package io.fiducia.core;

import io.fiducia.geometry.Geometry;
import io.fiducia.volume.LabelVolume;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The contours of one case: a proposal by a machine until a person has signed it.
 *
 * <p>Voxels are stored as label maps on one grid. A structure is a set of label values of one layer,
 * so structures may overlap within a layer: where 1 marks the tumour, 2 the rest of the clinical
 * target and 3 the rest of the planning target, GTV is {1}, CTV {1, 2} and PTV {1, 2, 3}, in the
 * memory of one label map. A further layer is needed only where label values cannot express an
 * overlap, for example when two label maps come from two models.
 *
 * @param caseId pseudonym of the case
 * @param layers at least one, all on one grid; a structure lies in exactly one of them
 * @param scores how sure the system is of its structures, by name; empty where it does not say
 * @param provenance where the contours come from
 */
public record Segmentation(String caseId, List<Layer> layers, Map<String, StructureScore> scores,
    Provenance provenance) {
  /**
   * One label map and the structures that its values stand for.
   *
   * @param structures each with one label value or more; they may share values
   * @param labels 0 where no structure is
   */
  public record Layer(StructureSet structures, LabelVolume labels) {
    /**
     * Checks that every structure has a label value.
     *
     * @throws IllegalArgumentException if a structure has none, or one outside 1 to 32767
     */
    public Layer {
      for (Structure s : structures) {
        if (s.labels().isEmpty()
            || s.labels().stream().anyMatch(l -> l < 1 || l > Short.MAX_VALUE)) {
          throw new IllegalArgumentException(
              "a layer cannot hold " + s.name() + ", whose labels are " + s.labels());
        }
      }
    }
  }

  /**
   * Checks that the parts fit each other.
   *
   * @throws IllegalArgumentException without a layer, for layers on different grids, for two
   *     structures of one name, or for the score of a structure that is not there
   */
  public Segmentation {
    layers = List.copyOf(layers);
    scores = Map.copyOf(scores);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a segmentation without a layer, case " + caseId);
    }
    Geometry grid = layers.get(0).labels().geometry();
    for (Layer layer : layers) {
      if (!layer.labels().geometry().sameGrid(grid)) {
        throw new IllegalArgumentException("the layers of case " + caseId
            + " lie on different grids: " + grid + " and " + layer.labels().geometry());
      }
    }
    List<String> names = join(layers).names();
    scores.keySet().stream().filter(name -> !names.contains(name)).findFirst().ifPresent(name -> {
      throw new IllegalArgumentException(
          "a score for " + name + ", which case " + caseId + " does not have: " + names);
    });
  }

  /** A segmentation of one label map, without scores. */
  public static Segmentation of(String caseId, StructureSet structures, LabelVolume labels,
      Provenance provenance) {
    return new Segmentation(caseId, List.of(new Layer(structures, labels)), Map.of(), provenance);
  }

  /** The same contours with scores in place of those that there were. */
  public Segmentation withScores(Map<String, StructureScore> byName) {
    return new Segmentation(caseId, layers, byName, provenance);
  }

  /** The grid of all layers. */
  public Geometry geometry() {
    return layers.get(0).labels().geometry();
  }

  /** The structures of all layers, in the order of the layers. */
  public StructureSet structures() {
    return join(layers);
  }

  private static StructureSet join(List<Layer> layers) {
    return new StructureSet(
        layers.stream().flatMap(layer -> layer.structures().stream()).toList());
  }

  /** The label map that holds every structure, if there is only one layer. */
  public Optional<LabelVolume> labelMap() {
    return layers.size() == 1 ? Optional.of(layers.get(0).labels()) : Optional.empty();
  }

  /** How sure the system is of a structure, if it says so. */
  public Optional<StructureScore> score(String name) {
    return Optional.ofNullable(scores.get(name));
  }

  /**
   * The voxels of a structure, x fastest; a new array at each call.
   *
   * @throws IllegalArgumentException if there is no structure of that name
   */
  public boolean[] mask(String name) {
    for (Layer layer : layers) {
      Optional<Structure> found = layer.structures().find(name);
      if (found.isPresent()) {
        return mask(layer.labels(), found.get().labels());
      }
    }
    throw new IllegalArgumentException(
        "no structure named " + name + " among " + structures().names());
  }

  private static boolean[] mask(LabelVolume labels, List<Integer> values) {
    boolean[] inside = new boolean[Short.MAX_VALUE + 1];
    values.forEach(v -> inside[v] = true);
    boolean[] mask = new boolean[labels.data().length];
    for (int i = 0; i < mask.length; i++) {
      // A label map may hold -1 where an image was cropped.
      mask[i] = inside[Math.max(labels.data()[i], 0)];
    }
    return mask;
  }
}
