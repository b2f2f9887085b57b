package io.fiducia.nnunet.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.learn.train.TrainingLog;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressPlotTest {
  @TempDir
  private Path folder;

  private static TrainingLog.Row row(int epoch, double dice) {
    return new TrainingLog.Row(1.0 / (epoch + 1), 1.2 / (epoch + 1), List.of(dice), dice, dice,
        0.01, 60.0 * epoch, 60.0 * epoch + 50, 250);
  }

  /** The pixels of a colour in one of the three panels. */
  private static long pixels(BufferedImage image, int panel, int rgb) {
    long n = 0;
    for (int y = panel * image.getHeight() / 3; y < (panel + 1) * image.getHeight() / 3; y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        n += (image.getRGB(x, y) & 0xFFFFFF) == rgb ? 1 : 0;
      }
    }
    return n;
  }

  @Test
  void showsLossesDiceDurationAndRate() throws Exception {
    TrainingLog log = new TrainingLog();
    ProgressPlot plot = new ProgressPlot(folder);
    plot.write(log);
    assertThat(folder.resolve("progress.png")).doesNotExist();
    for (int e = 0; e < 30; e++) {
      // An epoch without any structure has no Dice: a gap, not an error.
      log.add(row(e, e == 7 ? Double.NaN : e / 40.0));
    }
    plot.write(log);
    BufferedImage image = ImageIO.read(folder.resolve("progress.png").toFile());
    assertThat(pixels(image, 0, 0x1F4FD8)).isGreaterThan(500);
    assertThat(pixels(image, 0, 0xD8321F)).isGreaterThan(500);
    assertThat(pixels(image, 0, 0x2A8C2A)).isGreaterThan(500);
    assertThat(pixels(image, 1, 0x1F4FD8)).isGreaterThan(500);
    assertThat(pixels(image, 2, 0x1F4FD8)).isGreaterThan(500);
    assertThat(pixels(image, 1, 0xD8321F)).isZero();
  }

  @Test
  void oneEpochAndConstantValuesDrawToo() {
    List<TrainingLog.Row> rows = new ArrayList<>(List.of(row(0, Double.NaN)));
    assertThat(ProgressPlot.draw(rows).getWidth()).isPositive();
    rows.add(row(0, 0.5));
    assertThat(ProgressPlot.draw(rows).getHeight()).isPositive();
  }
}
