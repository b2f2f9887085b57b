package io.fiducia.bench;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One kind of work that is measured with every program in turn.
 *
 * @param name what {@code --only} names
 * @param measures what the seconds are, for the table
 * @param rounds how often each program runs it where the caller does not say
 * @param before what each program makes for itself, once, not measured
 * @param work the measured run
 */
record Job(String name, String measures, int rounds, Before before, Work work) {
  /** Makes what a program needs beforehand. */
  @FunctionalInterface
  interface Before {
    void make(Place place);
  }

  /** Runs the measured command once. */
  @FunctionalInterface
  interface Work {
    Measurement run(Place place);
  }

  /**
   * Where a program works.
   *
   * @param own a folder of this job and program that stays from round to round
   * @param out a folder that is empty before each round
   */
  record Place(Program program, Path own, Path out) {
    /** Runs the program; its output goes to the log of this job. */
    Child.Usage run(Map<String, String> environment, String... words) {
      return program.run(environment, own.resolve("log.txt"), words);
    }
  }

  /**
   * One run's figures.
   *
   * @param inner seconds that the program itself wrote down for the work proper, such as an epoch,
   *     without start-up; the whole process counts where there are none
   * @param result a digest of what the program wrote, the same for programs that do the same
   */
  record Measurement(Child.Usage usage, OptionalDouble inner, String result) {
    double seconds() {
      return inner.orElse(usage.seconds());
    }
  }
}
