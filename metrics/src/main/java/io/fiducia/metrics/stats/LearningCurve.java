package io.fiducia.metrics.stats;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * How well systems do against the number of cases that they learned from.
 *
 * <p>The unit is the test case: the values of one case are averaged over the repeats first (draws of
 * the cases that were learned from), so intervals and tests speak of other test cases, not of other
 * draws. Test cases whose reference lacks a structure do not count for it; {@link #absent} says what the
 * systems contoured there.
 *
 * @param system the one that is studied
 * @param systems all of them, that one first
 * @param structures names; {@link #ALL} first if there are several
 * @param metrics names, the primary one first
 * @param points by structure, metric, system and size
 * @param findings comparisons by the primary metric
 * @param absent what was contoured where the reference has nothing
 */
public record LearningCurve(String system, List<String> systems, List<String> structures,
    List<String> metrics, List<Point> points, List<Finding> findings, List<Absent> absent) {
  /** Stands for the mean over all structures of a case. */
  public static final String ALL = "all structures";

  /**
   * The scores of one structure of one test case.
   *
   * @param size number of cases that the system learned from
   * @param repeat which draw of these cases
   * @param drawn whether the reference has the structure
   * @param found whether the system contoured something
   * @param values by metric, NaN where a value does not exist
   */
  public record Score(String system, int size, int repeat, String caseId, String structure,
      boolean drawn, boolean found, Map<String, Double> values) {
    public Score {
      values = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
  }

  /**
   * What to compute.
   *
   * @param metrics the metrics, the primary one first
   * @param draws bootstrap draws per interval
   */
  public record Options(List<String> metrics, int draws, long seed) {
    public Options {
      metrics = List.copyOf(metrics);
    }
  }

  /**
   * A mean over test cases.
   *
   * @param mean with its bootstrap interval over test cases
   * @param missing test cases that have the structure but no value, such as a distance where nothing
   *     was found
   * @param repeats the mean of each repeat by itself
   */
  public record Point(String system, String structure, String metric, int size,
      Bootstrap.Interval mean, int missing, List<Double> repeats) {
    public Point {
      repeats = List.copyOf(repeats);
    }
  }

  /** What a comparison asks. */
  public enum Question {
    /** Is the system better with the most cases than with the fewest? */
    MORE_CASES,
    /** Is the system better than another one that learned from as many cases? */
    OTHER_SYSTEM
  }

  /**
   * The answer to a question: b is the studied system with {@code size} cases, a what it is compared
   * with.
   *
   * @param other the system that it is compared with; itself for {@link Question#MORE_CASES}
   * @param otherSize the number of cases that the other learned from
   * @param overall over all structures
   * @param structures each by itself if there are several; p-values corrected over them
   */
  public record Finding(Question question, String other, int otherSize, int size,
      PairedComparison overall, List<PairedComparison> structures) {
    public Finding {
      structures = List.copyOf(structures);
    }
  }

  /**
   * What a system made of test cases whose reference lacks a structure.
   *
   * @param scores how many there are, over cases and repeats
   * @param found in how many of them it contoured something
   */
  public record Absent(String system, String structure, int size, int scores, int found) {}

  public LearningCurve {
    systems = List.copyOf(systems);
    structures = List.copyOf(structures);
    metrics = List.copyOf(metrics);
    points = List.copyOf(points);
    findings = List.copyOf(findings);
    absent = List.copyOf(absent);
  }

  /**
   * The curve of some scores.
   *
   * @param scores of at least one system; the first score's system is the one that is studied
   * @throws IllegalArgumentException without a score
   */
  public static LearningCurve of(List<Score> scores, Options options) {
    if (scores.isEmpty()) {
      throw new IllegalArgumentException("a curve without scores");
    }
    return new Computation(scores, options).curve();
  }

  /** The sizes at which a system was scored, ascending. */
  public SortedSet<Integer> sizes(String name) {
    return points.stream().filter(p -> p.system().equals(name)).map(Point::size)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The sizes of all systems, ascending. */
  public SortedSet<Integer> sizes() {
    return points.stream().map(Point::size).collect(Collectors.toCollection(TreeSet::new));
  }

  /** A point of the curve, if there is one. */
  public Optional<Point> point(String name, String structure, String metric, int size) {
    return points.stream().filter(p -> p.system().equals(name) && p.size() == size
        && p.structure().equals(structure) && p.metric().equals(metric)).findFirst();
  }

  /** Whether more cases helped, if two sizes were compared. */
  public Optional<Finding> moreCases() {
    return findings.stream().filter(f -> f.question() == Question.MORE_CASES).findFirst();
  }

  /** How the studied system does against another, by size, ascending. */
  public List<Finding> against(String other) {
    return findings.stream()
        .filter(f -> f.question() == Question.OTHER_SYSTEM && f.other().equals(other)).toList();
  }

  /** One way to compute it all. */
  private static final class Computation {
    private final Options options;
    private final List<Score> scores;
    private final List<String> systems;
    private final List<String> each;
    /** Of all structures together, and of each; by system and size. */
    private final Map<String, SortedMap<Integer, SystemScores>> together = new LinkedHashMap<>();
    private final Map<String, SortedMap<Integer, SystemScores>> apart = new LinkedHashMap<>();

    Computation(List<Score> scores, Options options) {
      this.options = options;
      this.scores = scores;
      systems = scores.stream().map(Score::system).distinct().toList();
      each = scores.stream().map(Score::structure).distinct().toList();
      for (String system : systems) {
        together.put(system, new TreeMap<>());
        apart.put(system, new TreeMap<>());
        rows(s -> s.system().equals(system)).stream().map(Score::size).distinct()
            .forEach(size -> {
              List<Score> own = rows(s -> s.system().equals(system) && s.size() == size);
              together.get(system).put(size, together(system, own));
              apart.get(system).put(size, apart(system, own));
            });
      }
    }

    private List<Score> rows(Predicate<Score> which) {
      return scores.stream().filter(which).toList();
    }

    LearningCurve curve() {
      List<Point> points = new ArrayList<>();
      if (each.size() > 1) {
        points.addAll(points(ALL, together));
      }
      each.forEach(s -> points.addAll(points(s, apart)));
      List<String> structures = new ArrayList<>(each);
      if (each.size() > 1) {
        structures.add(0, ALL);
      }
      return new LearningCurve(systems.get(0), systems, structures, options.metrics(), points,
          findings(), absent());
    }

    /** Structures by themselves, averaged over repeats. */
    private SystemScores apart(String system, List<Score> rows) {
      SystemScores.Builder builder = new SystemScores.Builder();
      byCase(rows).forEach((caseId, own) -> {
        builder.addCase(caseId);
        Map<String, List<Score>> byStructure = own.stream().filter(Score::drawn).collect(
            Collectors.groupingBy(Score::structure, LinkedHashMap::new, Collectors.toList()));
        byStructure.forEach((structure, repeats) -> options.metrics()
            .forEach(m -> builder.put(structure, m, caseId, mean(repeats, m))));
      });
      return builder.build(name(system, rows));
    }

    /**
     * The mean over the structures of each case, averaged over repeats; without a value where one of
     * them has none, because a mean over the others would look better for it.
     */
    private SystemScores together(String system, List<Score> rows) {
      String structure = each.size() > 1 ? ALL : each.get(0);
      SystemScores structures = apart(system, rows);
      SystemScores.Builder builder = new SystemScores.Builder();
      for (String caseId : structures.cases()) {
        builder.addCase(caseId);
        for (String m : options.metrics()) {
          double[] values = structures.structures().stream()
              .filter(s -> structures.scored(s, m, caseId))
              .mapToDouble(s -> structures.value(s, m, caseId)).toArray();
          if (values.length > 0) {
            builder.put(structure, m, caseId, SampleStatistics.mean(values));
          }
        }
      }
      return builder.build(structures.name());
    }

    private static Map<String, List<Score>> byCase(Collection<Score> rows) {
      return rows.stream().collect(
          Collectors.groupingBy(Score::caseId, LinkedHashMap::new, Collectors.toList()));
    }

    /** The mean of the repeats that have a value. */
    private static double mean(List<Score> repeats, String metric) {
      return repeats.stream().map(r -> r.values().get(metric)).filter(Objects::nonNull)
          .mapToDouble(Double::doubleValue).filter(Double::isFinite).average().orElse(Double.NaN);
    }

    private static String name(String system, List<Score> rows) {
      int size = rows.get(0).size();
      return system + ", " + size + (size == 1 ? " case" : " cases");
    }

    private List<Point> points(String structure,
        Map<String, SortedMap<Integer, SystemScores>> from) {
      List<Point> points = new ArrayList<>();
      for (String metric : options.metrics()) {
        from.forEach((system, bySize) -> bySize.forEach((size, own) -> {
          double[] values = values(own, structure, metric);
          int missing = (int) Arrays.stream(values).filter(Double::isNaN).count();
          points.add(new Point(system, structure, metric, size,
              Bootstrap.mean(values, options.draws(), options.seed()), missing,
              repeats(system, size, structure, metric)));
        }));
      }
      return points;
    }

    private static double[] values(SystemScores own, String structure, String metric) {
      return own.cases().stream().filter(c -> own.scored(structure, metric, c))
          .mapToDouble(c -> own.value(structure, metric, c)).toArray();
    }

    private List<Double> repeats(String system, int size, String structure, String metric) {
      Map<Integer, List<Score>> byRepeat = rows(
          s -> s.system().equals(system) && s.size() == size).stream()
          .collect(Collectors.groupingBy(Score::repeat, TreeMap::new, Collectors.toList()));
      return byRepeat.values().stream().map(rows -> {
        SystemScores own = structure.equals(ALL) ? together(system, rows) : apart(system, rows);
        return Arrays.stream(values(own, structure, metric)).filter(Double::isFinite).average()
            .orElse(Double.NaN);
      }).toList();
    }

    private List<Finding> findings() {
      List<Finding> findings = new ArrayList<>();
      String studied = systems.get(0);
      SortedMap<Integer, SystemScores> own = together.get(studied);
      if (own.size() > 1) {
        compare(Question.MORE_CASES, studied, own.firstKey(), own.lastKey())
            .ifPresent(findings::add);
      }
      for (String other : systems.subList(1, systems.size())) {
        for (int size : together.get(other).keySet()) {
          if (own.containsKey(size)) {
            compare(Question.OTHER_SYSTEM, other, size, size).ifPresent(findings::add);
          }
        }
      }
      return findings;
    }

    private Optional<Finding> compare(Question question, String other, int otherSize, int size) {
      String studied = systems.get(0);
      List<PairedComparison> overall = compare(together.get(other).get(otherSize),
          together.get(studied).get(size));
      if (overall.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(new Finding(question, other, otherSize, size, overall.get(0),
          each.size() > 1
              ? compare(apart.get(other).get(otherSize), apart.get(studied).get(size))
              : List.of()));
    }

    /** The comparisons by the primary metric; none where the two have nothing in common. */
    private List<PairedComparison> compare(SystemScores a, SystemScores b) {
      String primary = options.metrics().get(0);
      Set<String> cases = b.cases();
      boolean comparable = a.cases().stream().anyMatch(cases::contains)
          && a.structures().stream().anyMatch(s -> a.has(s, primary) && b.has(s, primary));
      return comparable
          ? SystemComparison.compare(List.of(a, b), new SystemComparison.Options(List.of(primary),
              options.draws(), options.seed(), Map.of(), List.of(), Optional.empty()),
              Progress.none(), new Cancellation()).comparisons()
          : List.of();
    }

    private List<Absent> absent() {
      Map<List<Object>, List<Score>> groups = rows(s -> !s.drawn()).stream()
          .collect(Collectors.groupingBy(s -> List.of(s.system(), s.structure(), s.size()),
              LinkedHashMap::new, Collectors.toList()));
      return groups.values().stream().map(g -> new Absent(g.get(0).system(),
          g.get(0).structure(), g.get(0).size(), g.size(),
          (int) g.stream().filter(Score::found).count())).toList();
    }
  }
}
