package io.fiducia.metrics.stats;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The subgroups of all structures, metrics and covariates of systems and of their differences. */
public final class SubgroupTable {
  private final List<String> metrics;
  private final Covariates covariates;
  private final Map<String, Covariates.Grouping> groupings = new LinkedHashMap<>();
  private final long seed;
  private final Cancellation cancellation;

  private SubgroupTable(Set<String> cases, List<String> metrics, Covariates covariates,
      long seed, Cancellation cancellation) {
    this.cancellation = cancellation;
    this.metrics = metrics;
    this.covariates = covariates;
    this.seed = seed;
    // Over the cases of all systems, so that all are cut into the same groups.
    covariates.names().forEach(c -> groupings.put(c, covariates.group(c, cases)));
  }

  /**
   * Each system's metrics in every group of every covariate, and for each two systems what the later
   * one has more: whether a gain is everybody's.
   */
  public static List<Subgroups> of(List<SystemScores> systems, List<String> metrics,
      Covariates covariates, long seed, Cancellation cancellation) {
    Set<String> cases = new LinkedHashSet<>();
    systems.forEach(s -> cases.addAll(s.cases()));
    SubgroupTable table = new SubgroupTable(cases, metrics, covariates, seed, cancellation);
    List<Subgroups> results = new ArrayList<>();
    systems.forEach(s -> results.addAll(table.ofSystem(s)));
    for (int i = 0; i < systems.size(); i++) {
      for (int j = i + 1; j < systems.size(); j++) {
        results.addAll(table.ofDifference(systems.get(i), systems.get(j)));
      }
    }
    return results;
  }

  /** Writes subgroups as {@code {"subgroups": [...]}}, in the form that compare.json has. */
  public static void write(List<Subgroups> subgroups, Path file) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    ArrayNode list = root.putArray("subgroups");
    subgroups.forEach(s -> ComparisonWriter.put(list.addObject(), s));
    AtomicFiles.writeString(file, root.toPrettyString() + "\n");
  }

  private List<Subgroups> ofSystem(SystemScores system) {
    List<Subgroups> results = new ArrayList<>();
    for (String metric : metrics) {
      List<Supplier<Subgroups>> family = new ArrayList<>();
      for (String structure : system.structures()) {
        if (system.has(structure, metric)) {
          add(family, system.name(), structure, metric, system.cases(),
              c -> system.value(structure, metric, c));
        }
      }
      results.addAll(corrected(family));
    }
    return results;
  }

  private List<Subgroups> ofDifference(SystemScores a, SystemScores b) {
    Set<String> both = new LinkedHashSet<>(a.cases());
    both.retainAll(b.cases());
    List<Subgroups> results = new ArrayList<>();
    for (String metric : metrics) {
      List<Supplier<Subgroups>> family = new ArrayList<>();
      for (String structure : a.structures()) {
        if (a.has(structure, metric) && b.has(structure, metric) && !both.isEmpty()) {
          add(family, b.name() + " minus " + a.name(), structure, metric, both,
              c -> b.value(structure, metric, c) - a.value(structure, metric, c));
        }
      }
      results.addAll(corrected(family));
    }
    return results;
  }

  private List<Subgroups> corrected(List<Supplier<Subgroups>> family) {
    List<Subgroups> computed = family.parallelStream().map(task -> {
      cancellation.check("subgroups");
      return task.get();
    }).toList();
    double[] p = Holm.adjust(computed.stream().mapToDouble(Subgroups::p).toArray());
    return IntStream.range(0, p.length).mapToObj(i -> computed.get(i).withHolm(p[i])).toList();
  }

  private void add(List<Supplier<Subgroups>> family, String subject, String structure,
      String metric, Set<String> cases, ToDoubleFunction<String> value) {
    for (String covariate : covariates.names()) {
      family.add(() -> Subgroups.of(subject, structure, metric, MetricSense.of(metric),
          groupings.get(covariate), cases, value, seed));
    }
  }
}
