package io.fiducia.anatomy.cads;

import io.fiducia.anatomy.post.ComponentFilter;
import io.fiducia.anatomy.post.HeadGate;
import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.CadsTasks;
import io.fiducia.volume.LabelVolume;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What CADS does to a task's label map right after the network, on the grid of 1.5 mm: small components
 * are erased, label after label, and results of the two tasks of the head are limited to a head.
 *
 * <p>For the models by region of the body CADS publishes no such rules, so nothing is done to their
 * results: the thresholds were chosen for other networks, and to erase by them could lose what a region
 * model sees better.
 */
final class CadsPostprocessing {
  private static final String HEAD = "557";
  private static final String HEAD_AND_NECK = "558";
  private static final String BRAIN_TASK = "553";
  private static final String BRAIN = "brain";
  private static final String SPINE_TASK = "552";
  /** From T4 upwards, which CADS calls the cervical vertebrae. */
  private static final int FIRST_OF_UPPER_SPINE = 14;
  private static final int LAST_OF_UPPER_SPINE = 24;

  private final CadsTasks table;

  CadsPostprocessing(CadsTasks table) {
    this.table = table;
  }

  /**
   * Changes the label map of a task.
   *
   * @param labels its array is changed
   * @param earlier results by task of those that this one needs, after their own post-processing
   */
  void apply(AnatomyTask task, LabelVolume labels, Map<String, LabelVolume> earlier) {
    new TreeMap<>(table.details(task.name()).components()).forEach((label, rule) -> {
      if (rule.fillHoles()) {
        ComponentFilter.fillHoles(labels, label);
      }
      ComponentFilter.removeSmall(labels, label, rule.minVoxels(), rule.maxComponents());
    });
    if (task.name().equals(HEAD)) {
      HeadGate.head(labels, earlier.get(BRAIN_TASK), brain());
    } else if (task.name().equals(HEAD_AND_NECK)) {
      HeadGate.headAndNeck(labels, earlier.get(BRAIN_TASK), brain(), earlier.get(SPINE_TASK),
          IntStream.rangeClosed(FIRST_OF_UPPER_SPINE, LAST_OF_UPPER_SPINE).boxed().toList());
    }
  }

  private int brain() {
    return table.find(BRAIN_TASK).flatMap(t -> t.label(BRAIN)).orElseThrow();
  }
}
