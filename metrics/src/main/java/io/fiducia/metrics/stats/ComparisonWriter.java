package io.fiducia.metrics.stats;

import io.fiducia.base.AtomicFiles;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes compare.json. A number that does not exist is null. */
public final class ComparisonWriter {
  private ComparisonWriter() {}

  /** Writes the report, whole or not at all. */
  public static void write(ComparisonReport report, Path file) {
    AtomicFiles.writeString(file, JsonMapper.shared().writerWithDefaultPrettyPrinter()
        .writeValueAsString(document(report)) + "\n");
  }

  /** The document of compare.json. */
  public static ObjectNode document(ComparisonReport report) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    ArrayNode systems = root.putArray("systems");
    report.systems().forEach(s -> systems.addObject().put("name", s).put("cases",
        report.cases().get(s)));
    report.metrics().forEach(root.putArray("metrics")::add);
    root.put("primary_metric", report.metrics().get(0));
    root.put("bootstrap_draws", report.draws());
    root.put("seed", report.seed());
    ArrayNode comparisons = root.putArray("comparisons");
    report.comparisons().forEach(c -> put(comparisons.addObject(), c));
    ArrayNode ranks = root.putArray("ranks");
    report.ranks().forEach(r -> put(ranks.addObject(), r));
    ArrayNode volumes = root.putArray("bland_altman");
    report.volumes().forEach(v -> put(volumes.addObject(), v));
    ArrayNode bands = root.putArray("reference_bands");
    report.bands().forEach(b -> put(bands.addObject(), b));
    ArrayNode subgroups = root.putArray("subgroups");
    report.subgroups().forEach(s -> put(subgroups.addObject(), s));
    ArrayNode problems = root.putArray("problems");
    report.problems().forEach(p -> problems.addObject().put("where", p.where()).put("message",
        p.message()));
    return root;
  }

  static void put(ObjectNode node, PairedComparison c) {
    node.put("a", c.a()).put("b", c.b()).put("structure", c.structure()).put("metric", c.metric());
    node.put("n", c.n()).put("n_only_a", c.onlyA()).put("n_only_b", c.onlyB())
        .put("n_neither", c.neither()).put("n_not_scored", c.unscored());
    number(node, "mean_a", c.pairs().meanA());
    number(node, "mean_b", c.pairs().meanB());
    number(node, "mean_difference", c.interval().mean());
    number(node, "ci_low", c.interval().low());
    number(node, "ci_high", c.interval().high());
    number(node, "t_low", c.tLow());
    number(node, "t_high", c.tHigh());
    number(node, "median_difference", c.medianDifference());
    number(node, "sd_difference", c.standardDeviation());
    boolean any = c.n() > 0;
    number(node, "p_wilcoxon", any ? c.wilcoxon().p() : Double.NaN);
    number(node, "p_permutation", any ? c.permutation().p() : Double.NaN);
    number(node, "p_holm", c.pHolm());
    node.put("holm_family", c.family());
    number(node, "p_smallest_possible", any ? c.wilcoxon().smallestP() : Double.NaN);
    node.put("n_nonzero", c.wilcoxon().n()).put("w_plus", c.wilcoxon().plus())
        .put("w_minus", c.wilcoxon().minus());
    node.put("wilcoxon_method", c.wilcoxon().exact() ? "exact" : "normal");
    node.put("permutation_method", c.permutation().exact() ? "exact" : "draws");
    node.put("n_b_greater", c.effects().greater()).put("n_equal", c.effects().equal())
        .put("n_b_smaller", c.effects().smaller());
    number(node, "rank_biserial", c.effects().rankBiserial());
    number(node, "cohens_dz", c.effects().cohensDz());
    number(node, "hedges_g", c.effects().hedgesG());
    number(node, "probability_of_superiority", c.effects().probabilityOfSuperiority());
    number(node, "smallest_detectable_difference", c.smallestDetectable());
    c.equivalence().ifPresent(e -> {
      ObjectNode equivalence = node.putObject("equivalence");
      equivalence.put("margin", e.upper());
      put(equivalence, e);
    });
    c.largestLoss().ifPresent(id -> node.put("largest_loss_case", id));
    Verdict verdict = Verdict.of(c);
    node.put("finding", verdict.kind().id()).put("verdict", verdict.text());
  }

  private static void put(ObjectNode node, ComparisonReport.Ranking r) {
    node.put("metric", r.metric());
    if (r.structure().isEmpty()) {
      node.putNull("structure");
    } else {
      node.put("structure", r.structure());
    }
    RankStability s = r.stability();
    node.put("n_cases", s.cases()).put("n_values", s.values());
    ArrayNode systems = node.putArray("systems");
    for (int k = 0; k < s.systems().size(); k++) {
      ObjectNode system = systems.addObject().put("name", s.systems().get(k));
      number(system, "mean", s.mean().get(k));
      number(system, "rank", s.rank().get(k));
      ArrayNode share = system.putArray("share_of_rank");
      s.shareOfRank().get(k).forEach(v -> share.add(Double.isFinite(v) ? v : null));
    }
  }

  private static void put(ObjectNode node, ComparisonReport.Volumes v) {
    BlandAltman b = v.agreement();
    node.put("system", v.system()).put("structure", v.structure()).put("unit", v.unit())
        .put("n", b.n());
    number(node, "bias", b.bias());
    number(node, "bias_low", b.biasLow());
    number(node, "bias_high", b.biasHigh());
    number(node, "sd", b.standardDeviation());
    number(node, "lower_limit", b.lowerLimit());
    number(node, "lower_limit_low", b.lowerLimitLow());
    number(node, "lower_limit_high", b.lowerLimitHigh());
    number(node, "upper_limit", b.upperLimit());
    number(node, "upper_limit_low", b.upperLimitLow());
    number(node, "upper_limit_high", b.upperLimitHigh());
    number(node, "slope", b.slope());
    number(node, "slope_low", b.slopeLow());
    number(node, "slope_high", b.slopeHigh());
    number(node, "slope_p", b.slopeP());
  }

  private static void put(ObjectNode node, ComparisonReport.BandResult b) {
    node.put("system", b.system()).put("structure", b.band().structure())
        .put("metric", b.band().metric());
    number(node, "band_low", b.band().low());
    number(node, "band_high", b.band().high());
    node.put("source", b.band().source());
    put(node, b.result());
    node.put("verdict", b.verdict());
  }

  private static void put(ObjectNode node, Equivalence e) {
    node.put("n", e.n());
    number(node, "mean", e.mean());
    number(node, "ci90_low", e.low());
    number(node, "ci90_high", e.high());
    number(node, "p_lower", e.pLower());
    number(node, "p_upper", e.pUpper());
    number(node, "p", e.p());
  }

  /** Adds one covariate's groups; evaluate's subgroups.json has the same form. */
  static void put(ObjectNode node, Subgroups s) {
    node.put("subject", s.subject()).put("structure", s.structure()).put("metric", s.metric())
        .put("covariate", s.covariate());
    ArrayNode groups = node.putArray("groups");
    for (Subgroups.Group g : s.groups()) {
      ObjectNode group = groups.addObject().put("name", g.name()).put("cases", g.cases()).put("n",
          g.mean().n());
      number(group, "mean", g.mean().mean());
      // An interval of one value has no width: that would look like certainty.
      number(group, "ci_low", g.mean().n() < 2 ? Double.NaN : g.mean().low());
      number(group, "ci_high", g.mean().n() < 2 ? Double.NaN : g.mean().high());
      group.put("judged", g.judged());
      if (!g.judged()) {
        group.put("note", "too few to judge");
      }
    }
    s.worst().ifPresent(w -> node.put("worst_group", w));
    s.best().ifPresent(b -> node.put("best_group", b));
    s.gap().ifPresent(g -> {
      number(node, "gap", g.mean());
      number(node, "gap_low", g.low());
      number(node, "gap_high", g.high());
    });
    number(node, "p_gap", s.p());
    number(node, "p_gap_holm", s.pHolm());
    node.put("note", s.note());
  }

  static void number(ObjectNode node, String key, double value) {
    if (Double.isFinite(value)) {
      node.put(key, value);
    } else {
      node.putNull(key);
    }
  }
}
