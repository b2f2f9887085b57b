package io.fiducia.nnunet.run;

import io.fiducia.base.AtomicFiles;
import io.fiducia.learn.train.TrainingLog;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;

/**
 * Draws {@code progress.png} as nnU-Net does: losses with pseudo Dice, duration of the epochs,
 * learning rate.
 */
final class ProgressPlot {
  private static final int WIDTH = 1200;
  private static final int PANEL = 520;
  private static final int LEFT = 110;
  private static final int RIGHT = 110;
  private static final int TOP = 60;
  private static final int BOTTOM = 60;
  private static final int TICKS = 5;
  private static final Color GRID = new Color(0xE4E4E4);
  private static final Color INK = new Color(0x333333);
  private static final Color BLUE = new Color(0x1F4FD8);
  private static final Color RED = new Color(0xD8321F);
  private static final Color GREEN = new Color(0x2A8C2A);

  /** A curve; {@code right}: its axis is the one on the right-hand side. */
  private record Line(String name, Color color, boolean dotted, boolean right,
      ToDoubleFunction<TrainingLog.Row> value) {}

  /** A panel's range of values. */
  private record Range(double low, double high) {
    static Range of(List<TrainingLog.Row> rows, List<Line> lines, boolean fromZero) {
      double low = fromZero ? 0 : Double.POSITIVE_INFINITY;
      double high = fromZero ? 0 : Double.NEGATIVE_INFINITY;
      for (Line line : lines) {
        for (TrainingLog.Row row : rows) {
          double v = line.value.applyAsDouble(row);
          if (Double.isFinite(v)) {
            low = Math.min(low, v);
            high = Math.max(high, v);
          }
        }
      }
      if (low > high) {
        return new Range(0, 1);
      }
      double margin = high > low ? 0.05 * (high - low) : Math.max(0.5 * Math.abs(high), 1e-3);
      return new Range(fromZero ? 0 : low - margin, high + margin);
    }

    double share(double v) {
      return (v - low) / (high - low);
    }
  }

  private final Path file;

  ProgressPlot(Path fold) {
    this.file = fold.resolve("progress.png");
  }

  /** Returns why nothing can be drawn, if so: a Java without fonts cannot write text into pictures. */
  static Optional<String> obstacle() {
    try {
      new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics().getFontMetrics();
      return Optional.empty();
    } catch (RuntimeException | LinkageError | InternalError e) {
      return Optional.of("this Java finds no fonts (" + e + "); install fontconfig and a font");
    }
  }

  /** Draws all epochs so far. Writes nothing before the first epoch ends, or without fonts. */
  void write(TrainingLog log) {
    if (log.rows().isEmpty() || obstacle().isPresent()) {
      return;
    }
    BufferedImage image = draw(log.rows());
    AtomicFiles.write(file, out -> out.write(png(image)));
  }

  private static byte[] png(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static BufferedImage draw(List<TrainingLog.Row> rows) {
    BufferedImage image = new BufferedImage(WIDTH, 3 * PANEL, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING,
        RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, WIDTH, 3 * PANEL);
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 18));
    panel(g, 0, rows, "loss", "pseudo dice", false, List.of(
        new Line("loss_tr", BLUE, false, false, TrainingLog.Row::trainLoss),
        new Line("loss_val", RED, false, false, TrainingLog.Row::validationLoss),
        new Line("pseudo dice", GREEN, true, true, TrainingLog.Row::meanDice),
        new Line("pseudo dice (mov. avg.)", GREEN, false, true, TrainingLog.Row::emaDice)));
    panel(g, 1, rows, "time [s]", "", true, List.of(new Line("epoch duration", BLUE, false, false,
        r -> r.endSeconds() - r.startSeconds())));
    panel(g, 2, rows, "learning rate", "", false, List.of(
        new Line("learning rate", BLUE, false, false, TrainingLog.Row::learningRate)));
    g.dispose();
    return image;
  }

  private static void panel(Graphics2D g, int number, List<TrainingLog.Row> rows, String leftTitle,
      String rightTitle, boolean fromZero, List<Line> lines) {
    int y0 = number * PANEL + TOP;
    int y1 = (number + 1) * PANEL - BOTTOM;
    List<Line> rightLines = lines.stream().filter(Line::right).toList();
    Range left = Range.of(rows, lines.stream().filter(l -> !l.right()).toList(), fromZero);
    Range right = Range.of(rows, rightLines, fromZero);
    axes(g, y0, y1, rows.size(), left, rightLines.isEmpty() ? left : right,
        !rightLines.isEmpty());
    g.setColor(INK);
    g.drawString(leftTitle, 10, y0 - 12);
    g.drawString(rightTitle, WIDTH - RIGHT + 4, y0 - 12);
    g.drawString("epoch", WIDTH / 2 - 25, y1 + 48);
    int x = LEFT + 60;
    for (Line line : lines) {
      curve(g, y0, y1, rows, line, line.right() ? right : left);
      g.drawLine(x, y0 - 18, x + 30, y0 - 18);
      g.setStroke(new BasicStroke(1));
      g.setColor(INK);
      g.drawString(line.name(), x + 38, y0 - 12);
      x += 60 + g.getFontMetrics().stringWidth(line.name());
    }
  }

  private static void axes(Graphics2D g, int y0, int y1, int epochs, Range left, Range right,
      boolean both) {
    g.setStroke(new BasicStroke(1));
    for (int i = 0; i <= TICKS; i++) {
      double share = i / (double) TICKS;
      int y = (int) Math.round(y1 - share * (y1 - y0));
      g.setColor(GRID);
      g.drawLine(LEFT, y, WIDTH - RIGHT, y);
      g.setColor(INK);
      g.drawString(number(left.low + share * (left.high - left.low)), 10, y + 6);
      if (both) {
        g.drawString(number(right.low + share * (right.high - right.low)), WIDTH - RIGHT + 8,
            y + 6);
      }
    }
    int step = Math.max(1, (epochs - 1) / TICKS);
    for (int e = 0; e < epochs; e += step) {
      int x = x(e, epochs);
      g.setColor(GRID);
      g.drawLine(x, y0, x, y1);
      g.setColor(INK);
      g.drawString(Integer.toString(e), x - 8, y1 + 24);
    }
    g.setColor(INK);
    g.drawRect(LEFT, y0, WIDTH - LEFT - RIGHT, y1 - y0);
  }

  private static void curve(Graphics2D g, int y0, int y1, List<TrainingLog.Row> rows, Line line,
      Range range) {
    g.setColor(line.color());
    float[] dots = {3, 6};
    g.setStroke(line.dotted()
        ? new BasicStroke(2.5f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND, 1, dots, 0)
        : new BasicStroke(2.5f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    int lastX = -1;
    int lastY = -1;
    for (int e = 0; e < rows.size(); e++) {
      double v = line.value().applyAsDouble(rows.get(e));
      if (!Double.isFinite(v)) {
        // A gap where there is no value.
        lastX = -1;
        continue;
      }
      int x = x(e, rows.size());
      int y = (int) Math.round(y1 - range.share(v) * (y1 - y0));
      g.drawLine(lastX < 0 ? x : lastX, lastX < 0 ? y : lastY, x, y);
      lastX = x;
      lastY = y;
    }
  }

  private static int x(int epoch, int epochs) {
    return LEFT + (int) Math
        .round((WIDTH - LEFT - RIGHT) * (epochs < 2 ? 0.5 : epoch / (epochs - 1.0)));
  }

  private static String number(double v) {
    double size = Math.abs(v);
    return String.format(Locale.ROOT,
        size >= 100 ? "%.0f" : size >= 0.1 || size == 0 ? "%.2f" : "%.4f", v);
  }
}
