package io.fiducia.app.demo;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a demonstration was asked for and how far it came, kept as demo.json in its folder, so that
 * the same command goes on where it was stopped.
 */
final class DemoState {
  private static final List<String> RESULTS = List.of("demo.json", "model", "preprocessed",
      "predictions", "report.html", "report.json", "summary.json", "metrics.csv");

  private final Path file;
  private final ObjectNode json;

  private DemoState(Path file, ObjectNode json) {
    this.file = file;
    this.json = json;
  }

  /**
   * Opens the folder for a run: a new one, or one that was stopped and was asked the same.
   *
   * @throws FiduciaException BAD_INPUT if the folder holds a finished run, another run, or other
   *     files, and overwriting was not allowed
   */
  static DemoState open(DemoOptions options, long seed) {
    Path file = options.output().resolve("demo.json");
    ObjectNode wanted = JsonMapper.shared().createObjectNode();
    wanted.put("dataset", options.dataset().toAbsolutePath().normalize().toString());
    wanted.put("minutes", options.minutes());
    wanted.put("seed", seed);
    if (Files.exists(file) && !options.overwrite()) {
      ObjectNode found = read(file);
      if (found.path("finished").asBoolean(false)) {
        throw FiduciaException.badInput("the folder holds a finished demonstration",
            options.output(), "report.html is there",
            "choose another folder with -o, or replace this one with --overwrite");
      }
      for (String key : new String[]{"dataset", "minutes", "seed"}) {
        if (!found.path(key).equals(wanted.path(key))) {
          throw FiduciaException.badInput("the folder holds another, unfinished demonstration",
              file, "expected " + key + " " + wanted.path(key) + ", found " + found.path(key),
              "repeat that command to finish it, choose another folder with -o, or --overwrite");
        }
      }
      return new DemoState(file, found);
    }
    if (!options.overwrite() && Files.isDirectory(options.output()) && !empty(options.output())) {
      throw FiduciaException.badInput("the output folder is not empty", options.output(),
          "it holds files that no demonstration made", "choose another folder with -o");
    }
    if (options.overwrite()) {
      deleteResults(options.output());
    }
    wanted.put("finished", false);
    wanted.putObject("seconds");
    DemoState state = new DemoState(file, wanted);
    state.save();
    return state;
  }

  /** Deletes what a demonstration makes, and nothing else that may lie in the folder. */
  private static void deleteResults(Path output) {
    for (String name : RESULTS) {
      Path top = output.resolve(name);
      if (!Files.exists(top)) {
        continue;
      }
      try (Stream<Path> all = Files.walk(top)) {
        for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(p);
        }
      } catch (IOException e) {
        throw AtomicFiles.cannotWrite(top, e);
      }
    }
  }

  private static boolean empty(Path folder) {
    try (var entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot list the output folder", folder, String.valueOf(e),
          "choose another folder with -o", e);
    }
  }

  private static ObjectNode read(Path file) {
    try {
      JsonNode node = JsonMapper.shared().readTree(Files.readString(file));
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw FiduciaException.badInput("damaged file", file, "expected a JSON object",
          "delete the folder and start anew");
    } catch (IOException | JacksonException e) {
      throw FiduciaException.badInput("damaged file", file, e.getMessage(),
          "delete the folder and start anew", e);
    }
  }

  /** Adds time spent in a phase, over interruptions. */
  void addSeconds(String phase, double seconds) {
    ObjectNode node = (ObjectNode) json.path("seconds");
    node.put(phase, node.path(phase).asDouble(0) + seconds);
    save();
  }

  /** Phases and their seconds, in order. */
  Map<String, Double> seconds() {
    Map<String, Double> result = new LinkedHashMap<>();
    json.path("seconds").properties().forEach(e -> result.put(e.getKey(), e.getValue().asDouble()));
    return result;
  }

  /** A number kept from the planning, NaN if it is not there. */
  double number(String key) {
    return json.path(key).asDouble(Double.NaN);
  }

  void put(String key, double value) {
    json.put(key, value);
    save();
  }

  void finish() {
    json.put("finished", true);
    save();
  }

  private void save() {
    AtomicFiles.writeString(file,
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}
