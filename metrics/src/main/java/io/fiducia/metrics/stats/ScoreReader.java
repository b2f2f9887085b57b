package io.fiducia.metrics.stats;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.Structure;
import io.fiducia.metrics.StructureNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads evaluated folders: metrics.csv as {@code fiducia evaluate} writes it, else summary.json,
 * ours or nnU-Net's.
 */
public final class ScoreReader {
  private static final JsonMapper JSON = JsonMapper.builder()
      .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private static final String TRY = "score it first: fiducia evaluate -r REFERENCES -p PREDICTIONS"
      + " -o FOLDER";

  private ScoreReader() {}

  /**
   * The scores of several folders, their structures under common names. A summary.json of nnU-Net
   * names its structures by label number; they get the names of {@code labels}, else those of a
   * dataset.json in or above its folder or its references', else those that another of the folders
   * tells for the same numbers.
   *
   * @param labels a dataset.json that names the structures
   * @throws FiduciaException BAD_INPUT if a folder was never evaluated, or its files are damaged
   */
  public static List<SystemScores> read(List<Path> folders, Optional<Path> labels) {
    List<String> names = FolderNames.of(folders);
    List<Loaded> loaded = new ArrayList<>();
    for (int i = 0; i < folders.size(); i++) {
      loaded.add(read(folders.get(i), names.get(i), labels));
    }
    Map<String, String> known = new LinkedHashMap<>();
    loaded.forEach(l -> l.names().forEach(known::putIfAbsent));
    return loaded.stream().map(l -> {
      boolean agrees = l.names().entrySet().stream()
          .allMatch(e -> e.getValue().equals(known.get(e.getKey())));
      return l.scores().renamed(agrees ? known : l.names());
    }).toList();
  }

  /** Scores by label or name, and what is known of the labels' names. */
  private record Loaded(SystemScores scores, Map<String, String> names) {}

  private static Loaded read(Path folder, String name, Optional<Path> labels) {
    if (!Files.isDirectory(folder)) {
      throw FiduciaException.badInput("no such folder", folder, "expected an evaluated folder",
          "check the path");
    }
    Path table = folder.resolve("metrics.csv");
    Path summary = folder.resolve("summary.json");
    Optional<JsonNode> json = Files.isRegularFile(summary)
        ? Optional.of(parse(summary))
        : Optional.empty();
    Map<String, String> names = labels.map(ScoreReader::labelNames)
        .or(() -> json.flatMap(ScoreReader::ownNames))
        .or(() -> json.flatMap(j -> foundNames(folder, j)))
        .orElse(Map.of());
    SystemScores scores;
    if (Files.isRegularFile(table)) {
      scores = fromTable(table, name);
    } else if (json.isPresent()) {
      scores = fromSummary(summary, json.get(), name);
    } else {
      throw FiduciaException.badInput("the folder was never evaluated", folder,
          "expected metrics.csv or summary.json, found neither", TRY);
    }
    if (scores.cases().isEmpty()) {
      throw FiduciaException.badInput("the evaluation holds no case", folder, "", TRY);
    }
    return new Loaded(scores, names);
  }

  private static SystemScores fromTable(Path file, String name) {
    CsvTable table = CsvTable.read(file);
    List<String> expected = List.of("case", "structure", "metric", "value");
    if (table.header().size() < 4 || !table.header().subList(0, 4).equals(expected)) {
      throw FiduciaException.badInput("not a table of metrics", file + ", line 1",
          "expected case,structure,metric,value,unit, found " + String.join(",", table.header()),
          TRY);
    }
    SystemScores.Builder builder = new SystemScores.Builder();
    for (CsvTable.Row row : table.rows()) {
      List<String> f = row.fields();
      String where = file + ", line " + row.line();
      if (!builder.put(f.get(1), f.get(2), CaseNames.ofTable(f.get(0)), number(f.get(3), where))) {
        throw FiduciaException.badInput("one value twice", where,
            String.join(", ", f.subList(0, 3)) + " stands there a second time",
            "remove one of the two lines, or evaluate again");
      }
    }
    return builder.build(name);
  }

  private static double number(String text, String where) {
    if (text.isEmpty()) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw FiduciaException.badInput("not a number", where, "found '" + text + "'",
          "write numbers with a point, and nothing where a value does not exist", e);
    }
  }

  private static SystemScores fromSummary(Path file, JsonNode root, String name) {
    JsonNode cases = root.path("metric_per_case");
    if (!cases.isArray()) {
      throw FiduciaException.badInput("not a summary of metrics", file,
          "expected a list metric_per_case", TRY);
    }
    SystemScores.Builder builder = new SystemScores.Builder();
    for (int i = 0; i < cases.size(); i++) {
      String where = file + ", metric_per_case[" + i + "]";
      JsonNode node = cases.get(i);
      String path = node.path("prediction_file").asString(
          node.path("reference_file").asString(""));
      if (path.isEmpty() || !node.path("metrics").isObject()) {
        throw FiduciaException.badInput("a case cannot be read", where,
            "expected metrics and prediction_file", TRY);
      }
      String caseId = CaseNames.ofFile(path);
      builder.addCase(caseId);
      for (var structure : node.path("metrics").properties()) {
        for (var metric : structure.getValue().properties()) {
          JsonNode value = metric.getValue();
          if (!value.isNumber() && !value.isNull()) {
            throw FiduciaException.badInput("not a number", where + ", label "
                + structure.getKey() + ", " + metric.getKey(), "found " + value.getNodeType(), TRY);
          }
          double v = value.isNull() ? Double.NaN : value.asDouble();
          if (!builder.put(key(structure.getKey()), metric.getKey(), caseId, v)) {
            throw FiduciaException.badInput("one case twice", where,
                caseId + " stands there already",
                "evaluate a folder that holds each case once");
          }
        }
      }
    }
    return builder.build(name);
  }

  /** A structure's key; this program once left out the comma of a region of one label. */
  private static String key(String found) {
    return found.replaceAll("^\\((\\d+)\\)$", "($1,)");
  }

  private static JsonNode parse(Path file) {
    try {
      return JSON.readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw FiduciaException.badInput("cannot read summary.json",
          file + ", line " + e.getLocation().getLineNr(), e.getOriginalMessage(), TRY, e);
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot read summary.json", file,
          String.valueOf(e.getMessage()), "check that the file may be read and is text", e);
    }
  }

  /** The names that our own summary.json gives for its keys. */
  private static Optional<Map<String, String>> ownNames(JsonNode summary) {
    Map<String, String> names = new LinkedHashMap<>();
    summary.path("names").properties()
        .forEach(e -> names.put(key(e.getKey()), e.getValue().asString("")));
    return names.isEmpty() ? Optional.empty() : Optional.of(names);
  }

  /** The names of a dataset.json beside the scores, or beside the references where these exist. */
  private static Optional<Map<String, String>> foundNames(Path folder, JsonNode summary) {
    Optional<Path> found = StructureNames.find(folder);
    String reference = summary.path("metric_per_case").path(0).path("reference_file").asString("");
    if (found.isEmpty() && !reference.isEmpty()) {
      try {
        found = Optional.ofNullable(Path.of(reference).getParent()).flatMap(StructureNames::find);
      } catch (java.nio.file.InvalidPathException e) {
        // Written on another system: there is nothing to find here.
        return Optional.empty();
      }
    }
    return found.map(ScoreReader::labelNames);
  }

  private static Map<String, String> labelNames(Path datasetJson) {
    Map<String, String> names = new LinkedHashMap<>();
    for (Structure s : StructureNames.read(datasetJson)) {
      names.put(s.key(), s.name());
    }
    return names;
  }
}
