package io.fiducia.learn.train;

import io.fiducia.base.AtomicFiles;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** The course of a training as a table, {@code training_log.csv}, written again after every epoch. */
public final class TrainingLogFile {
  private static final String NAME = "training_log.csv";

  private final Path file;
  private final List<String> groups;

  /** A table in a folder, with a column of Dice for each group. */
  public TrainingLogFile(Path folder, List<String> groups) {
    this.file = folder.resolve(NAME);
    this.groups = groups;
  }

  /** Writes all epochs so far; times are in UTC. */
  public void write(TrainingLog log) {
    StringBuilder text = new StringBuilder("time,steps,seconds,learning_rate,loss,validation_loss");
    groups.forEach(g -> text.append(",\"Dice ").append(g.replace("\"", "\"\"")).append('"'));
    text.append('\n');
    int steps = 0;
    for (TrainingLog.Row row : log.rows()) {
      steps += row.steps();
      text.append(Instant.ofEpochMilli(Math.round(1000 * row.endSeconds()))
          .truncatedTo(ChronoUnit.SECONDS))
          .append(String.format(Locale.ROOT, ",%d,%.1f,%.6f,%.4f,%.4f",
              steps, row.endSeconds() - row.startSeconds(), row.learningRate(), row.trainLoss(),
              row.validationLoss()));
      row.dicePerStructure()
          .forEach(d -> text.append(String.format(Locale.ROOT, ",%.4f", d)));
      text.append('\n');
    }
    AtomicFiles.writeString(file, text.toString());
  }
}
