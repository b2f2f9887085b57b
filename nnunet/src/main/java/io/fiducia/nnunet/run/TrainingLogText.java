package io.fiducia.nnunet.run;

import io.fiducia.base.AtomicFiles;
import io.fiducia.learn.train.TrainingLog;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The course of a training as text, in the lines of nnU-Net's own log. */
final class TrainingLogText {
  private static final DateTimeFormatter FILE = DateTimeFormatter
      .ofPattern("'training_log_'yyyy_M_d_HH_mm_ss'.txt'", Locale.ROOT);
  private static final DateTimeFormatter LINE = DateTimeFormatter
      .ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

  private final Path file;

  /** The log of a training that starts now: {@code training_log_DATE.txt} in the fold's folder. */
  TrainingLogText(Path fold) {
    this.file = fold.resolve(FILE.format(LocalDateTime.now(ZoneId.systemDefault())));
  }

  /** Writes all epochs so far. */
  void write(TrainingLog log) {
    AtomicFiles.writeString(file, text(log));
  }

  static String text(TrainingLog log) {
    StringBuilder text = new StringBuilder();
    List<TrainingLog.Row> rows = log.rows();
    double best = Double.NEGATIVE_INFINITY;
    for (int e = 0; e < rows.size(); e++) {
      TrainingLog.Row r = rows.get(e);
      line(text, r.startSeconds(), "Epoch " + e);
      line(text, r.startSeconds(), "Current learning rate: " + round(r.learningRate(), 5));
      line(text, r.endSeconds(), "train_loss " + round(r.trainLoss(), 4));
      line(text, r.endSeconds(), "val_loss " + round(r.validationLoss(), 4));
      line(text, r.endSeconds(), "Pseudo dice " + r.dicePerStructure().stream()
          .map(d -> round(d, 4)).collect(Collectors.joining(", ", "[", "]")));
      line(text, r.endSeconds(),
          "Epoch time: " + round(r.endSeconds() - r.startSeconds(), 2) + " s");
      if (r.emaDice() > best) {
        best = r.emaDice();
        line(text, r.endSeconds(), "Yayy! New best EMA pseudo Dice: " + round(best, 4));
      }
    }
    return text.toString();
  }

  private static void line(StringBuilder text, double unixSeconds, String message) {
    Instant time = Instant.ofEpochMilli(Math.round(unixSeconds * 1000));
    text.append(LINE.format(time.atZone(ZoneId.systemDefault()))).append(": ").append(message)
        .append('\n');
  }

  private static String round(double value, int digits) {
    return Double.isNaN(value) ? "nan" : String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
