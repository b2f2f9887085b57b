package io.fiducia.metrics.stats;

import io.fiducia.base.FiduciaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How well people agree with one another: bands that a system's mean is held against. */
public final class ReferenceBands {
  private ReferenceBands() {}

  /**
   * One band.
   *
   * @param low lower bound; negative infinity for none
   * @param high upper bound; infinity for none
   * @param source where it comes from; may be empty
   */
  public record Band(String structure, String metric, double low, double high, String source) {}

  /**
   * Reads a table {@code structure,metric,low,high[,source]}; an empty bound is no bound.
   *
   * @throws FiduciaException BAD_INPUT if a column is missing, a bound is no number, or a band is
   *     empty or stands there twice
   */
  public static List<Band> read(Path file) {
    CsvTable table = CsvTable.read(file);
    List<String> expected = List.of("structure", "metric", "low", "high");
    if (table.header().size() < 4 || !table.header().subList(0, 4).equals(expected)) {
      throw FiduciaException.badInput("not a table of bands", file + ", line 1",
          "expected structure,metric,low,high,source, found " + String.join(",", table.header()),
          "see docs/statistics.md for an example");
    }
    List<Band> bands = new ArrayList<>();
    for (CsvTable.Row row : table.rows()) {
      List<String> f = row.fields();
      String where = file + ", line " + row.line();
      Band band = new Band(f.get(0), f.get(1), bound(f.get(2), Double.NEGATIVE_INFINITY, where),
          bound(f.get(3), Double.POSITIVE_INFINITY, where), f.size() > 4 ? f.get(4) : "");
      boolean open = Double.isInfinite(band.low()) && Double.isInfinite(band.high());
      if (open || band.low() >= band.high()) {
        throw FiduciaException.badInput("not a band", where,
            "expected low below high, and one of them at least", "correct the two bounds");
      }
      if (bands.stream().anyMatch(b -> b.structure().equals(band.structure())
          && b.metric().equals(band.metric()))) {
        throw FiduciaException.badInput("one band twice", where,
            band.structure() + ", " + band.metric() + " stands there already",
            "keep one band a structure and metric");
      }
      bands.add(band);
    }
    return List.copyOf(bands);
  }

  private static double bound(String text, double none, String where) {
    if (text.isEmpty()) {
      return none;
    }
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      value = Double.NaN;
    }
    if (!Double.isFinite(value)) {
      throw FiduciaException.badInput("not a number", where, "found '" + text + "'",
          "write a number, or nothing for no bound");
    }
    return value;
  }
}
