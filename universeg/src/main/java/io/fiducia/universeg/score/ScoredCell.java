package io.fiducia.universeg.score;

import io.fiducia.metrics.stats.LearningCurve;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One system with one support set on one test case.
 *
 * @param size number of support cases
 * @param repeat which draw, from 1
 * @param support names of the support cases; empty where they are not known
 * @param seconds how long the segmentation took; NaN where it is not known
 * @param scores metrics by structure
 */
public record ScoredCell(String system, int size, int repeat, String caseId, List<String> support,
    double seconds, Map<String, Map<String, Double>> scores) {
  public ScoredCell {
    support = List.copyOf(support);
    scores = new LinkedHashMap<>(scores);
  }

  /** The scores of each structure as the curve takes them. */
  List<LearningCurve.Score> rows() {
    return scores.entrySet().stream()
        .map(e -> new LearningCurve.Score(system, size, repeat, caseId, e.getKey(),
            e.getValue().get(StructureScoring.IN_REFERENCE) > 0,
            e.getValue().get(StructureScoring.IN_PREDICTION) > 0, e.getValue()))
        .toList();
  }
}
