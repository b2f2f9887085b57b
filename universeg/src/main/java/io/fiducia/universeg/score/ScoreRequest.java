package io.fiducia.universeg.score;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.core.Adaptable;
import io.fiducia.core.TrainingBudget;
import io.fiducia.metrics.LabelMapFormat;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is to be scored.
 *
 * @param support the cases to learn from
 * @param test the cases to be scored on
 * @param leaveOneOut whether the test cases are support cases, each segmented with the others
 * @param structures names, each once
 * @param sizes numbers of support cases, ascending
 * @param repeats how many draws of each size
 * @param seed of the draws, and of the systems
 * @param systems the studied one first
 * @param others systems that were run elsewhere
 * @param budget how long a system may learn from one support set
 * @param folder where finished cells are kept
 */
public record ScoreRequest(List<ScoreCase> support, List<ScoreCase> test, boolean leaveOneOut,
    List<String> structures, List<Integer> sizes, int repeats, long seed, List<Entrant> systems,
    List<Elsewhere> others, TrainingBudget budget, Path folder) {
  /**
   * A system that learns from each support set.
   *
   * @param name in tables and file names
   * @param identity everything that decides its results besides the cases, such as the hash of its
   *     weights: cells of another identity are computed again
   */
  public record Entrant(String name, String identity, Adaptable system) {}

  /**
   * The contours that another system made of the test cases.
   *
   * @param size number of cases that it learned from
   * @param folder one label map per test case, with the label numbers of the references
   */
  public record Elsewhere(String name, int size, Path folder, LabelMapFormat format) {}

  /**
   * Checks the request.
   *
   * @throws FiduciaException BAD_INPUT if a size is larger than the number of cases, there is nothing
   *     to score on, or one image is on both sides; USAGE for sizes and numbers that make no sense, and
   *     for two systems of one name
   */
  public ScoreRequest {
    support = List.copyOf(support);
    test = List.copyOf(test);
    structures = List.copyOf(structures);
    sizes = List.copyOf(sizes);
    systems = List.copyOf(systems);
    others = List.copyOf(others);
    checkNumbers(sizes, repeats);
    if (support.isEmpty() || test.isEmpty()) {
      throw FiduciaException.badInput(support.isEmpty() ? "no support case" : "no test case",
          folder, "", "give contoured cases");
    }
    int most = most(support.size(), leaveOneOut);
    int largest = sizes.get(sizes.size() - 1);
    if (largest > most) {
      throw FiduciaException.badInput("a support size is larger than the number of cases",
          "size " + largest, "expected at most " + most + (leaveOneOut
              ? ": each of the " + support.size() + " cases is segmented with the others"
              : ""),
          "choose smaller sizes, or add cases");
    }
    checkIds(support);
    checkIds(test);
    if (leaveOneOut) {
      Set<String> ids = support.stream().map(ScoreCase::id).collect(Collectors.toSet());
      if (!test.stream().allMatch(c -> ids.contains(c.id()))) {
        throw new IllegalArgumentException("test cases that are no support cases");
      }
    } else {
      checkApart(support, test);
    }
    Set<String> names = new HashSet<>();
    for (Entrant e : systems) {
      FileNames.check(e.name(), "name of a system");
      if (!names.add(e.name())) {
        throw FiduciaException.usage("two systems are called " + e.name(), "", "rename one");
      }
    }
    Set<String> elsewhere = new HashSet<>();
    for (Elsewhere e : others) {
      if (names.contains(e.name()) || !elsewhere.add(e.name() + "@" + e.size())) {
        throw FiduciaException.usage("two systems are called " + e.name(), "", "rename one");
      }
      if (e.size() < 1) {
        throw FiduciaException.usage(e.name() + " cannot have learned from " + e.size() + " cases",
            "expected 1 or more", "");
      }
    }
  }

  /** The largest support size that so many cases allow. */
  public static int most(int supportCases, boolean leaveOneOut) {
    return supportCases - (leaveOneOut ? 1 : 0);
  }

  private static void checkNumbers(List<Integer> sizes, int repeats) {
    if (sizes.isEmpty() || repeats < 1) {
      throw FiduciaException.usage("nothing to score",
          "expected at least one support size and one repeat; found sizes " + sizes + ", repeats "
              + repeats,
          "");
    }
    for (int i = 0; i < sizes.size(); i++) {
      if (sizes.get(i) < 1 || i > 0 && sizes.get(i) <= sizes.get(i - 1)) {
        throw FiduciaException.usage("support sizes make no sense",
            "expected ascending numbers from 1, each once; found " + sizes, "");
      }
    }
  }

  private static void checkIds(List<ScoreCase> cases) {
    Set<String> ids = new HashSet<>();
    for (ScoreCase c : cases) {
      FileNames.check(c.id(), "name of a case");
      if (!ids.add(c.id())) {
        throw FiduciaException.badInput("two cases have one name", c.id(), "",
            "give each case a name of its own");
      }
    }
  }

  /** A system that has seen the reference would be scored on its memory. */
  private static void checkApart(List<ScoreCase> support, List<ScoreCase> test) {
    Map<String, String> seen = new HashMap<>();
    support.forEach(c -> seen.put(c.imageHash(), c.id()));
    for (ScoreCase c : test) {
      if (seen.containsKey(c.imageHash())) {
        throw FiduciaException.badInput("a test case is a support case, too", c.id(),
            "its image is that of " + seen.get(c.imageHash()),
            "take it out of one of the two, or segment each case with the others as support");
      }
    }
  }
}
