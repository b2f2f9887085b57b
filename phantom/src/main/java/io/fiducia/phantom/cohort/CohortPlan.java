package io.fiducia.phantom.cohort;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.SeededRandom;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Vec3;
import io.fiducia.phantom.Contouring;
import io.fiducia.phantom.Patient;
import java.util.Locale;

/**
 * Which cohort to make. The same plan makes the same files.
 *
 * @param cases all cases
 * @param testCases how many of them, the last ones, are set aside for testing
 * @param readers 1, or 2 for a second reader's contours of every case
 */
public record CohortPlan(Domain domain, Domain.Resolution resolution, int cases, int testCases,
    int readers, long seed) {
  /** What {@link FiduciaException#where()} of a refused plan says: which number cannot be. */
  public static final String CASES = "cases";
  public static final String TEST_CASES = "test cases";
  public static final String READERS = "readers";

  private static final int MOST_CASES = 9999;

  /** @throws FiduciaException USAGE if a number cannot be; its place is one of the names above */
  public CohortPlan {
    if (cases < 1) {
      throw refuse("a cohort needs at least one case", CASES, "found " + cases, "");
    }
    if (cases > MOST_CASES) {
      throw refuse("too many cases", CASES, "expected at most " + MOST_CASES + ", found " + cases,
          "make several cohorts with different seeds");
    }
    if (testCases < 0 || testCases > cases) {
      throw refuse("that many test cases cannot be", TEST_CASES,
          "expected 0 to " + cases + ", found " + testCases, "");
    }
    if (readers < 1 || readers > 2) {
      throw refuse("one or two readers can draw", READERS, "found " + readers, "");
    }
  }

  private static FiduciaException refuse(String what, String where, String why, String advice) {
    return new FiduciaException(FiduciaException.Kind.USAGE, what, where, why, advice, null);
  }

  /** How many cases are for testing where nobody said: a fifth, at least one of several. */
  public static int usualTestCases(int cases) {
    return cases < 2 ? 0 : Math.max(1, (int) Math.round(cases / 5.0));
  }

  /** A case's name; numbers begin at 0. */
  public String caseName(int number) {
    return String.format(Locale.ROOT, "phantom_%04d", number + 1);
  }

  public boolean isTest(int number) {
    return number >= cases - testCases;
  }

  /**
   * A case's patient. CT and MR cohorts of one seed and domain show the same patients; source and
   * target different ones.
   */
  public Patient patient(int number) {
    return Patient.draw(seedOf("patients", 0), number, domain.population());
  }

  /** The grid that her image has: nobody lies exactly in the middle. */
  public Geometry grid(int number) {
    SeededRandom r = random("position", number);
    return domain.grid(resolution, new Vec3(5 * r.nextGaussian(), 4 * r.nextGaussian(),
        6 * r.nextGaussian()));
  }

  /** How a reader draws a case; readers count from 1. */
  public Contouring reader(int number, int reader) {
    return domain.habit().ofReader(random("reader", 2L * number + reader));
  }

  /** The seed of the scanner's noise in a case. */
  public long scanSeed(int number) {
    return seedOf("scan", number);
  }

  private long seedOf(String purpose, int number) {
    return random(purpose, number).nextLong();
  }

  private SeededRandom random(String purpose, long number) {
    return SeededRandom.of(seed, "phantom " + domain.name() + " " + purpose, number);
  }
}
