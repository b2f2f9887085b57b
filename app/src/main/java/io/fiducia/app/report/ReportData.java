package io.fiducia.app.report;

import io.fiducia.metrics.Evaluation;
import io.fiducia.nnunet.train.TrainingLog;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Everything that a report shows.
 *
 * @param title of the page
 * @param synthetic whether the images are synthetic, which the page then says
 * @param evaluation the scores of the held-out cases
 * @param log the training curve
 * @param images image file of each scored case (first channel)
 * @param timings name of each phase and its seconds, in order
 * @param facts what was run: plan, schedule, machine, versions; shown as a table
 * @param commands how to run it again, one command a line
 * @param warnings what the reader must know, shown first
 * @param seed of the bootstrap intervals
 */
public record ReportData(String title, boolean synthetic, Evaluation evaluation, TrainingLog log,
    Map<String, Path> images, Map<String, Double> timings, Map<String, String> facts,
    List<String> commands, List<String> warnings, long seed) {
  /** Resamples behind each interval. */
  public static final int BOOTSTRAP_DRAWS = 10_000;
}
