package io.fiducia.app.cli;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table from which the launcher takes heap, collector, compiler and allocator settings for each
 * command ({@code config/launch.tsv}). The launcher reads it before there is a JVM; this class only
 * reports it.
 *
 * @param rows in the order of the file, in which the first that fits counts
 */
public record LaunchTable(Path file, List<Row> rows) {
  /** The system property in which the launcher names the table that it used. */
  private static final String PROPERTY = "fiducia.launch";
  private static final int COLUMNS = 7;
  private static final String NOTHING = "-";

  /**
   * What one command is started with; the file's head explains the columns.
   *
   * @param command its words, {@code none}, {@code *}, or {@code every} for what applies to all
   * @param option an option that must be there too, or empty
   * @param heap a share such as {@code 40%}, a size such as {@code 1600m}, or empty
   * @param environment variables that are set unless the user has set them
   */
  public record Row(String command, String option, String heap, String collector, String compiler,
      Map<String, String> environment, String why) {

    /** Returns the row for {@code --json}. */
    public Map<String, Object> toJson() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("command", command);
      map.put("option", option);
      map.put("heap", heap);
      map.put("collector", collector);
      map.put("compiler", compiler);
      map.put("environment", environment);
      map.put("why", why);
      return map;
    }

    private List<String> lines() {
      String settings = Stream.concat(
          Stream.of(heap.isEmpty() ? "" : "heap " + heap, collector, compiler),
          environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()))
          .filter(s -> !s.isEmpty()).collect(Collectors.joining(" "));
      return List.of((command + " " + option).strip(), "    " + settings, "    why: " + why);
    }
  }

  /** Returns the table that this process was started by, or nothing without the launcher. */
  public static Optional<LaunchTable> inForce() {
    String file = System.getProperty(PROPERTY, "");
    return file.isEmpty() ? Optional.empty() : Optional.of(read(Path.of(file)));
  }

  /**
   * Reads a table.
   *
   * @throws FiduciaException BAD_INPUT if the file cannot be read or a line has other columns
   */
  static LaunchTable read(Path file) {
    try {
      List<Row> rows = new ArrayList<>();
      int number = 0;
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        number++;
        if (!line.isBlank() && !line.startsWith("#")) {
          rows.add(row(file, number, line));
        }
      }
      return new LaunchTable(file, List.copyOf(rows));
    } catch (IOException e) {
      throw FiduciaException.badInput("the table of start options cannot be read", file,
          String.valueOf(e.getMessage()), "unpack the release again", e);
    }
  }

  private static Row row(Path file, int number, String line) {
    String[] parts = line.split("\t", -1);
    if (parts.length != COLUMNS) {
      throw FiduciaException.badInput("the table of start options has a line of another form",
          file + ", line " + number,
          "expected " + COLUMNS + " columns separated by tabs, found " + parts.length,
          "correct the line, or unpack the release again");
    }
    for (int i = 0; i < parts.length; i++) {
      parts[i] = parts[i].equals(NOTHING) ? "" : parts[i];
    }
    Map<String, String> environment = new LinkedHashMap<>();
    for (String setting : parts[5].isEmpty() ? new String[0] : parts[5].split(" ")) {
      String[] pair = setting.split("=", 2);
      environment.put(pair[0], pair.length == 2 ? pair[1] : "");
    }
    return new Row(parts[0], parts[1], parts[2], parts[3], parts[4], environment, parts[6]);
  }

  /** Returns the table as lines for a person. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("Start options of each command (the first that fits), from " + file + ";");
    lines.add("FIDUCIA_JAVA_OPTS comes after them:");
    rows.forEach(r -> r.lines().forEach(l -> lines.add("  " + l)));
    return lines;
  }
}
