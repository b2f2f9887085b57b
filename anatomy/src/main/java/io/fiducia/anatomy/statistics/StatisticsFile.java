package io.fiducia.anatomy.statistics;

import io.fiducia.anatomy.statistics.StructureStatistics.Extra;
import io.fiducia.base.AtomicFiles;
import io.fiducia.volume.Region;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * TotalSegmentator's file {@code statistics.json}: an object with one entry for each structure, written as
 * Python's {@code json.dump(..., indent=4)} writes it.
 */
public final class StatisticsFile {
  private StatisticsFile() {}

  /** Writes the file; it appears whole or not at all. */
  public static void write(Path file, List<StructureStatistics> statistics) {
    AtomicFiles.writeString(file, text(statistics));
  }

  /** The content of the file. */
  public static String text(List<StructureStatistics> statistics) {
    List<String> entries = statistics.stream()
        .map(s -> quote(s.name()) + ": " + block("{", entry(s), "}", 1)).toList();
    return block("{", entries, "}", 0);
  }

  private static List<String> entry(StructureStatistics s) {
    List<String> fields = new ArrayList<>();
    fields.add("\"volume\": " + number(s.volumeMm3()));
    fields.add("\"intensity\": " + number(s.intensity()));
    s.extra().ifPresent(extra -> {
      fields.add("\"n_voxels\": " + extra.voxels());
      fields.add("\"intensity_std\": " + number(extra.deviation()));
      fields.add("\"intensity_min\": " + number(extra.min()));
      fields.add("\"intensity_max\": " + number(extra.max()));
      fields.add("\"centroid_vox\": " + centroid(extra));
      fields.add("\"bbox_vox\": " + extra.box().map(StatisticsFile::box).orElse("null"));
    });
    return fields;
  }

  private static String centroid(Extra extra) {
    return extra.centroid().map(c -> block("[",
        List.of(number(c.x()), number(c.y()), number(c.z())), "]", 2)).orElse("null");
  }

  /** First and last voxel along each axis. */
  private static String box(Region box) {
    return block("[", List.of(range(box.startX(), box.size().x()),
        range(box.startY(), box.size().y()), range(box.startZ(), box.size().z())), "]", 2);
  }

  private static String range(int start, int length) {
    return block("[",
        List.of(Integer.toString(start), Integer.toString(start + length - 1)), "]", 3);
  }

  /** Items in brackets, each on a line of its own. */
  private static String block(String open, List<String> items, String close, int depth) {
    if (items.isEmpty()) {
      return open + close;
    }
    String line = "\n" + "    ".repeat(depth);
    return open + line + "    " + String.join("," + line + "    ", items) + line + close;
  }

  private static String quote(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + "\"";
  }

  /** A number as Python writes it: plain from 1e-4 to below 1e16, with an exponent outside. */
  private static String number(double value) {
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    double size = Math.abs(value);
    String text = Double.toString(value);
    if (size >= 1e-4 && size < 1e16) {
      String plain = new BigDecimal(text).toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    return size == 0 ? text : text.toLowerCase(Locale.ROOT);
  }
}
