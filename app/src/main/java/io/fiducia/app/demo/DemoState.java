package io.fiducia.app.demo;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.report.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
  /** What a demonstration leaves in its folder, without demo.json. */
  private static final List<String> MADE = List.of("report.html", "report.json", "summary.json",
      "metrics.csv", "predictions", "model", "preprocessed", PhantomCohort.FOLDER);

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
    wanted.put("dataset", options.dataset().map(d -> d.toAbsolutePath().normalize().toString())
        .orElse(PhantomCohort.FOLDER));
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
        // As text: a whole number read from a file is an int, one put here a long.
        if (!found.path(key).asString("").equals(wanted.path(key).asString(""))) {
          throw FiduciaException.badInput("the folder holds another, unfinished demonstration",
              file, "expected " + key + " " + wanted.path(key) + ", found " + found.path(key),
              "repeat that command to finish it, choose another folder with -o, or --overwrite");
        }
      }
      return new DemoState(file, found);
    }
    if (Files.exists(file)) {
      // Else the old model would be trained on, and its old predictions scored.
      MADE.forEach(name -> delete(options.output().resolve(name)));
    } else if (Files.exists(options.output()) && !Files.isDirectory(options.output())) {
      throw FiduciaException.badInput("the output is not a folder", options.output(),
          "expected a folder, or a path where nothing is yet", "choose another with -o");
    } else if (Files.exists(options.output())
        && !empty(options.output())) {
      throw FiduciaException.badInput("the output folder is not empty", options.output(),
          "it holds files that no demonstration made", "choose another folder with -o");
    }
    wanted.put("finished", false);
    wanted.putObject("phases");
    DemoState state = new DemoState(file, wanted);
    state.save();
    return state;
  }

  /** Deletes a file, or a folder with all that it holds; links are deleted, not followed. */
  private static void delete(Path path) {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot delete the demonstration that is to be replaced",
          path, String.valueOf(e), "choose another folder with -o", e);
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
          "delete the folder and start again");
    } catch (IOException | JacksonException e) {
      throw FiduciaException.badInput("damaged file", file, e.getMessage(),
          "delete the folder and start again", e);
    }
  }

  /** Adds time spent in a phase, over interruptions, and keeps the larger peak of memory. */
  void spent(String phase, double seconds, long peakMemoryMb) {
    ObjectNode node = json.withObjectProperty("phases").withObjectProperty(phase);
    node.put("seconds", node.path("seconds").asDouble(0) + seconds);
    node.put("peak_memory_mb", Math.max(node.path("peak_memory_mb").asLong(0), peakMemoryMb));
    save();
  }

  /** What was done, in order. */
  List<Phase> phases() {
    List<Phase> phases = new ArrayList<>();
    json.path("phases").properties().forEach(e -> phases.add(new Phase(e.getKey(),
        e.getValue().path("seconds").asDouble(0), e.getValue().path("peak_memory_mb").asLong(0))));
    return phases;
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
