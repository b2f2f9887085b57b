package io.fiducia.metrics.stats;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;

/** Compares systems that were scored on the same cases, pair by pair. */
public final class SystemComparison {
  private final List<SystemScores> systems;
  private final Options options;
  private final Cancellation cancellation;
  private final List<ComparisonReport.Problem> problems = new ArrayList<>();
  private final List<String> structures;

  private SystemComparison(List<SystemScores> systems, Options options,
      Cancellation cancellation) {
    this.systems = List.copyOf(systems);
    this.options = options;
    this.cancellation = cancellation;
    Set<String> all = new LinkedHashSet<>();
    systems.forEach(s -> all.addAll(s.structures()));
    this.structures = List.copyOf(all);
  }

  /**
   * How to compare.
   *
   * @param metrics the metrics, the primary one first; empty: Dice first, then every other metric
   *     with a better and a worse that all systems have
   * @param draws bootstrap draws an interval
   * @param margins metric to the mean difference within which two systems count as equivalent
   * @param bands human agreement
   * @param covariates what is known of the cases
   */
  public record Options(List<String> metrics, int draws, long seed, Map<String, Double> margins,
      List<ReferenceBands.Band> bands, Optional<Covariates> covariates) {
    public Options {
      metrics = List.copyOf(metrics);
      margins = Map.copyOf(margins);
      bands = List.copyOf(bands);
    }

    /** Every metric, the usual number of draws, nothing else. */
    public static Options plain(long seed) {
      return new Options(List.of(), Bootstrap.DRAWS, seed, Map.of(), List.of(), Optional.empty());
    }
  }

  /**
   * Compares two systems or more. A case or structure that not all of them have is named in the
   * report's problems, and compared where it can be.
   *
   * @throws FiduciaException BAD_INPUT if no two systems share a case, a structure or a metric, or a
   *     system lacks a metric that was asked for
   */
  public static ComparisonReport compare(List<SystemScores> systems, Options options,
      Progress progress, Cancellation cancellation) {
    return new SystemComparison(systems, options, cancellation).run(progress);
  }

  private ComparisonReport run(Progress progress) {
    List<String> metrics = options.metrics().isEmpty() ? commonMetrics() : checked();
    List<String> headline = options.metrics().isEmpty() ? SystemScores.headline(metrics) : metrics;
    coverage();
    List<Cell> cells = cells(metrics);
    if (cells.isEmpty()) {
      throw FiduciaException.badInput("nothing can be compared", names(), "no two of the folders"
          + " share a case and a structure; cases: " + example(SystemScores::cases)
          + "; structures: " + example(s -> new LinkedHashSet<>(s.structures())),
          "compare evaluations of the same cases; if structures are numbers on one side, name them"
              + " with --labels dataset.json");
    }
    String task = "Compare";
    progress.started(task, cells.size(), "comparison");
    AtomicInteger done = new AtomicInteger();
    List<PairedComparison> comparisons = cells.parallelStream().map(cell -> {
      cancellation.check("comparison");
      PairedComparison c = cell.compare(options);
      progress.advanced(task, done.incrementAndGet(), cell.structure());
      return c;
    }).toList();
    progress.finished(task);
    Map<String, Integer> counts = new LinkedHashMap<>();
    systems.forEach(s -> counts.put(s.name(), s.cases().size()));
    List<ComparisonReport.BandResult> bands = bands();
    List<Subgroups> subgroups = options.covariates().map(c -> subgroups(c, headline))
        .orElse(List.of());
    return new ComparisonReport(systems.stream().map(SystemScores::name).toList(), counts, metrics,
        headline, corrected(comparisons), ranks(headline), volumes(), bands, subgroups, problems,
        options.draws(), options.seed());
  }

  private List<String> commonMetrics() {
    List<String> common = new ArrayList<>();
    for (String metric : systems.get(0).metrics()) {
      if (MetricSense.of(metric) != MetricSense.NONE
          && systems.stream().allMatch(s -> s.metrics().contains(metric))) {
        common.add(metric);
      }
    }
    if (common.isEmpty()) {
      throw FiduciaException.badInput("nothing can be compared", names(),
          "the folders have no metric in common that says which is better; found "
              + example(s -> new LinkedHashSet<>(s.metrics())),
          "evaluate them with the same metrics");
    }
    if (common.remove("Dice")) {
      common.add(0, "Dice");
    }
    return common;
  }

  private List<String> checked() {
    for (SystemScores s : systems) {
      for (String metric : options.metrics()) {
        if (!s.metrics().contains(metric)) {
          throw FiduciaException.badInput("no metric " + metric + " in " + s.name(), s.name(),
              "expected one of " + String.join(", ", s.metrics()),
              "choose from these with --metrics, or evaluate again");
        }
      }
    }
    return options.metrics();
  }

  /** Names the cases and structures that not every system has. */
  private void coverage() {
    Set<String> cases = new LinkedHashSet<>();
    systems.forEach(s -> cases.addAll(s.cases()));
    for (String c : cases) {
      one(c, "case", systems.stream().filter(s -> s.cases().contains(c)).toList());
    }
    for (String structure : structures) {
      one(structure, "structure",
          systems.stream().filter(s -> s.structures().contains(structure)).toList());
    }
  }

  private void one(String what, String kind, List<SystemScores> having) {
    if (having.size() < systems.size()) {
      List<String> lacking = systems.stream().filter(s -> !having.contains(s))
          .map(SystemScores::name).toList();
      problems.add(new ComparisonReport.Problem(what, kind + " not in "
          + String.join(", ", lacking) + "; in "
          + String.join(", ", having.stream().map(SystemScores::name).toList())
          + (having.size() == 1 ? " only, so left out" : ", compared there")));
    }
  }

  /** One comparison to make. */
  private record Cell(SystemScores a, SystemScores b, String structure, String metric) {
    PairedComparison compare(Options options) {
      List<String> cases = new ArrayList<>();
      List<Double> va = new ArrayList<>();
      List<Double> vb = new ArrayList<>();
      int onlyA = 0;
      int onlyB = 0;
      int neither = 0;
      int unscored = 0;
      for (String c : a.cases()) {
        if (!b.cases().contains(c)) {
          continue;
        }
        if (!a.scored(structure, metric, c) || !b.scored(structure, metric, c)) {
          unscored++;
          continue;
        }
        double x = a.value(structure, metric, c);
        double y = b.value(structure, metric, c);
        if (Double.isNaN(x) || Double.isNaN(y)) {
          onlyA += Double.isNaN(x) ? 0 : 1;
          onlyB += Double.isNaN(y) ? 0 : 1;
          neither += Double.isNaN(x) && Double.isNaN(y) ? 1 : 0;
        } else {
          cases.add(c);
          va.add(x);
          vb.add(y);
        }
      }
      Pairs pairs = new Pairs(cases, va.stream().mapToDouble(v -> v).toArray(),
          vb.stream().mapToDouble(v -> v).toArray());
      return PairedComparison.of(a.name(), b.name(), structure, metric, pairs, onlyA, onlyB,
          neither, unscored, Optional.ofNullable(options.margins().get(metric)), options.draws(),
          options.seed());
    }
  }

  private List<Cell> cells(List<String> metrics) {
    List<Cell> cells = new ArrayList<>();
    for (String metric : metrics) {
      for (int i = 0; i < systems.size(); i++) {
        for (int j = i + 1; j < systems.size(); j++) {
          SystemScores a = systems.get(i);
          SystemScores b = systems.get(j);
          if (a.cases().stream().noneMatch(b.cases()::contains)) {
            if (metric.equals(metrics.get(0))) {
              problems.add(new ComparisonReport.Problem(a.name() + ", " + b.name(),
                  "no case in common, so not compared with each other"));
            }
            continue;
          }
          for (String structure : structures) {
            if (a.has(structure, metric) && b.has(structure, metric)) {
              cells.add(new Cell(a, b, structure, metric));
            }
          }
        }
      }
    }
    return cells;
  }

  /** Holm's correction over the structures and pairs of each metric; without pairs, no p-value. */
  private static List<PairedComparison> corrected(List<PairedComparison> comparisons) {
    Map<String, List<PairedComparison>> byMetric = new LinkedHashMap<>();
    comparisons.forEach(c -> byMetric.computeIfAbsent(c.metric(), k -> new ArrayList<>()).add(c));
    List<PairedComparison> all = new ArrayList<>();
    for (List<PairedComparison> family : byMetric.values()) {
      double[] p = family.stream().mapToDouble(c -> c.n() == 0 ? Double.NaN : c.wilcoxon().p())
          .toArray();
      int size = (int) family.stream().filter(c -> c.n() > 0).count();
      double[] adjusted = Holm.adjust(p);
      for (int i = 0; i < adjusted.length; i++) {
        all.add(family.get(i).withHolm(adjusted[i], size));
      }
    }
    return all;
  }

  private List<ComparisonReport.Ranking> ranks(List<String> headline) {
    List<String> cases = systems.get(0).cases().stream()
        .filter(c -> systems.stream().allMatch(s -> s.cases().contains(c))).toList();
    List<String> names = systems.stream().map(SystemScores::name).toList();
    List<ComparisonReport.Ranking> ranks = new ArrayList<>();
    for (String metric : headline) {
      MetricSense sense = MetricSense.of(metric);
      List<String> common = structures.stream()
          .filter(s -> systems.stream().allMatch(system -> system.has(s, metric))).toList();
      if (sense == MetricSense.NONE || common.isEmpty() || cases.isEmpty()) {
        continue;
      }
      double[][][] values = new double[common.size()][systems.size()][];
      for (int s = 0; s < common.size(); s++) {
        for (int k = 0; k < systems.size(); k++) {
          String structure = common.get(s);
          SystemScores system = systems.get(k);
          values[s][k] = cases.stream().mapToDouble(c -> system.value(structure, metric, c))
              .toArray();
        }
      }
      cancellation.check("comparison");
      ranks.add(new ComparisonReport.Ranking(metric, "",
          RankStability.of(names, values, sense, options.draws(), options.seed())));
      for (int s = 0; s < common.size() && common.size() > 1; s++) {
        ranks.add(new ComparisonReport.Ranking(metric, common.get(s), RankStability.of(names,
            new double[][][]{values[s]}, sense, options.draws(), options.seed())));
      }
    }
    return ranks;
  }

  /** Volumes in cm3, or in voxels where nothing else was written. */
  private List<ComparisonReport.Volumes> volumes() {
    List<ComparisonReport.Volumes> volumes = new ArrayList<>();
    for (String structure : structures) {
      for (SystemScores system : systems) {
        boolean cm3 = system.has(structure, "volume_pred_cm3")
            && system.has(structure, "volume_ref_cm3");
        String prediction = cm3 ? "volume_pred_cm3" : "n_pred";
        String reference = cm3 ? "volume_ref_cm3" : "n_ref";
        // A structure on neither side agrees about nothing: its zeros would narrow the limits.
        List<String> cases = system.cases().stream()
            .filter(c -> system.value(structure, prediction, c)
                + system.value(structure, reference, c) > 0)
            .toList();
        if (!cases.isEmpty()) {
          ToDoubleFunction<String> ref = c -> system.value(structure, reference, c);
          ToDoubleFunction<String> pred = c -> system.value(structure, prediction, c);
          volumes.add(new ComparisonReport.Volumes(system.name(), structure,
              cm3 ? "cm3" : "voxels", cases.stream().mapToDouble(ref).boxed().toList(),
              cases.stream().mapToDouble(pred).boxed().toList(),
              BlandAltman.of(cases.stream().mapToDouble(ref).toArray(),
                  cases.stream().mapToDouble(pred).toArray())));
        }
      }
    }
    return volumes;
  }

  private List<ComparisonReport.BandResult> bands() {
    List<ComparisonReport.BandResult> results = new ArrayList<>();
    for (ReferenceBands.Band band : options.bands()) {
      List<SystemScores> having = systems.stream()
          .filter(s -> s.has(band.structure(), band.metric())).toList();
      if (having.isEmpty()) {
        problems.add(new ComparisonReport.Problem(band.structure(), "a band of " + band.metric()
            + ", but no folder has that structure with that metric"));
      }
      for (SystemScores s : having) {
        double[] values = s.cases().stream()
            .mapToDouble(c -> s.value(band.structure(), band.metric(), c)).toArray();
        results.add(new ComparisonReport.BandResult(s.name(), band,
            Equivalence.of(values, band.low(), band.high())));
      }
    }
    return results;
  }

  private List<Subgroups> subgroups(Covariates covariates, List<String> headline) {
    Set<String> without = new LinkedHashSet<>();
    systems.forEach(s -> s.cases().stream().filter(c -> !covariates.has(c)).forEach(without::add));
    without.forEach(c -> problems.add(new ComparisonReport.Problem(c,
        "case not in the table of covariates; in no subgroup")));
    return SubgroupTable.of(systems, headline, covariates, options.seed(), cancellation);
  }

  private String names() {
    return String.join(", ", systems.stream().map(SystemScores::name).toList());
  }

  /** The first few of what each system has. */
  private String example(java.util.function.Function<SystemScores, Set<String>> of) {
    return String.join("; ", systems.stream().map(s -> s.name() + " has "
        + String.join(", ", of.apply(s).stream().limit(4).toList())
        + (of.apply(s).size() > 4 ? ", ..." : "")).toList());
  }
}
