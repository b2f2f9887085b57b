package io.fiducia.report;

import io.fiducia.metrics.Evaluation;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that a report shows.
 *
 * @param title of the page
 * @param synthetic whether the images are synthetic, which the page then says
 * @param channel name of the channel that is shown, as dataset.json has it; CT gets a CT window
 * @param evaluation the scores of the held-out cases
 * @param curve the training curve
 * @param images image file of each scored case (first channel)
 * @param phases parts of the run in order
 * @param facts what was run: plan, schedule, machine, versions; shown as a table
 * @param commands how to run it again, one command a line
 * @param warnings what the reader must know, shown first
 * @param seed of the run and of the bootstrap intervals
 */
public record ReportData(String title, boolean synthetic, String channel, Evaluation evaluation,
    TrainingCurve curve, Map<String, Path> images, List<Phase> phases, Map<String, String> facts,
    List<String> commands, List<String> warnings, long seed) {
  /** Resamples behind each interval. */
  public static final int BOOTSTRAP_DRAWS = 10_000;

  public ReportData {
    images = Map.copyOf(images);
    phases = List.copyOf(phases);
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    commands = List.copyOf(commands);
    warnings = List.copyOf(warnings);
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
