package io.fiducia.metrics.stats;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A learning curve as JSON. A number that does not exist is null. */
public final class LearningCurveWriter {
  private LearningCurveWriter() {}

  /** The document: systems, points, findings, and their summary as a sentence. */
  public static ObjectNode document(LearningCurve curve) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("system", curve.system());
    curve.systems().forEach(root.putArray("systems")::add);
    curve.structures().forEach(root.putArray("structures")::add);
    curve.metrics().forEach(root.putArray("metrics")::add);
    root.put("primary_metric", curve.metrics().get(0));
    curve.sizes().forEach(root.putArray("sizes")::add);
    root.put("summary", LearningCurveText.sentence(curve));
    ArrayNode points = root.putArray("points");
    for (LearningCurve.Point p : curve.points()) {
      ObjectNode node = points.addObject().put("system", p.system())
          .put("structure", p.structure()).put("metric", p.metric()).put("size", p.size())
          .put("n", p.mean().n()).put("n_missing", p.missing());
      ComparisonWriter.number(node, "mean", p.mean().mean());
      // An interval of one value has no width: that would look like certainty.
      ComparisonWriter.number(node, "ci_low", p.mean().n() < 2 ? Double.NaN : p.mean().low());
      ComparisonWriter.number(node, "ci_high", p.mean().n() < 2 ? Double.NaN : p.mean().high());
      ArrayNode repeats = node.putArray("repeat_means");
      p.repeats().forEach(v -> {
        if (Double.isFinite(v)) {
          repeats.add(v);
        } else {
          repeats.addNull();
        }
      });
    }
    ArrayNode findings = root.putArray("findings");
    for (LearningCurve.Finding f : curve.findings()) {
      ObjectNode node = findings.addObject()
          .put("question", f.question() == LearningCurve.Question.MORE_CASES
              ? "more_cases"
              : "other_system")
          .put("other", f.other()).put("other_size", f.otherSize()).put("size", f.size());
      ComparisonWriter.put(node.putObject("overall"), f.overall());
      ArrayNode structures = node.putArray("structures");
      f.structures().forEach(c -> ComparisonWriter.put(structures.addObject(), c));
    }
    ArrayNode absent = root.putArray("absent");
    curve.absent().forEach(a -> absent.addObject().put("system", a.system())
        .put("structure", a.structure()).put("size", a.size()).put("scores", a.scores())
        .put("found", a.found()));
    return root;
  }
}
