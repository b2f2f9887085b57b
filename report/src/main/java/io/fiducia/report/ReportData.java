package io.fiducia.report;

import io.fiducia.metrics.Evaluation;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that a report shows of one system.
 *
 * @param evaluation the scores of the held-out cases
 * @param curve the training curve; without epochs where nothing was trained
 */
public record ReportData(Heading heading, Evaluation evaluation, TrainingCurve curve,
    Pictures pictures, Run run) {
  /** Resamples behind each interval. */
  public static final int BOOTSTRAP_DRAWS = 10_000;

  /**
   * What the page says first.
   *
   * @param title of the page
   * @param system name of the system whose contours are shown and scored
   * @param synthetic whether the images are synthetic, which the page then says
   * @param warnings what the reader must know
   */
  public record Heading(String title, String system, boolean synthetic, List<String> warnings) {
    public Heading {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * The images behind the contours.
   *
   * @param channel name of the channel that is shown, as dataset.json has it; CT gets a CT window
   * @param images image file of each scored case; a case without one is named on the page
   */
  public record Pictures(String channel, Map<String, Path> images) {
    public Pictures {
      images = Map.copyOf(images);
    }
  }

  /**
   * How the scores came about.
   *
   * @param phases parts of the run in order
   * @param facts what was run: plan, schedule, machine, versions; shown as a table
   * @param commands how to run it again, one command per line
   * @param seed of the run and of the bootstrap intervals
   */
  public record Run(List<Phase> phases, Map<String, String> facts, List<String> commands,
      long seed) {
    public Run {
      phases = List.copyOf(phases);
      facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
      commands = List.copyOf(commands);
    }

    /** Most memory of any phase. */
    public long peakMemoryMb() {
      return phases.stream().mapToLong(Phase::peakMemoryMb).max().orElse(0);
    }

    /** All phases together. */
    public double seconds() {
      return phases.stream().mapToDouble(Phase::seconds).sum();
    }
  }
}
