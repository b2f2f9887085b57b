package io.fiducia.promptable.score;

import io.fiducia.base.AtomicFiles;
import io.fiducia.promptable.cache.ContentHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finished scores of structures, so that a scoring that was stopped goes on where it was. One JSON file for each
 * structure of a case and system; its name is a hash of everything that decides the scores, so that scores
 * of other weights, settings, images or contours are never found. A file that cannot be read counts as absent.
 */
public final class KeptScores {
  private final Optional<Path> folder;
  private final String version;

  private KeptScores(Optional<Path> folder, String version) {
    this.folder = folder;
    this.version = version;
  }

  /** Keeps nothing. */
  public static KeptScores none() {
    return new KeptScores(Optional.empty(), "");
  }

  /**
   * Keeps scores in a folder, which need not exist.
   *
   * @param version of the program: scores of another version are not used
   */
  public static KeptScores in(Path folder, String version) {
    return new KeptScores(Optional.of(folder), version);
  }

  /**
   * What decides scores.
   *
   * @param inputs everything beside case and structure
   */
  record Key(String caseId, String structure, List<String> inputs) {}

  private Path file(Path in, Key key) {
    return in.resolve(ContentHash.of(String.join("\n", version, key.caseId(), key.structure(),
        String.join("\n", key.inputs()))) + ".json");
  }

  /** The scores of a key, if they were kept. */
  Optional<List<PromptScore>> find(Key key) {
    Optional<Path> file = folder.map(f -> file(f, key)).filter(Files::isRegularFile);
    try {
      return file.isEmpty()
          ? Optional.empty()
          : read(JsonMapper.shared().readTree(Files.readString(file.get())), key);
    } catch (IOException | JacksonException e) {
      return Optional.empty();
    }
  }

  private static Optional<List<PromptScore>> read(JsonNode root, Key key) {
    List<PromptScore> scores = new ArrayList<>();
    for (JsonNode row : root.path("scores")) {
      if (!row.path("system").isString() || !row.path("interactions").isInt()
          || !row.path("seconds").isNumber() || !row.path("values").isObject()) {
        return Optional.empty();
      }
      Map<String, Double> values = new LinkedHashMap<>();
      row.path("values").properties().forEach(e -> values.put(e.getKey(),
          e.getValue().isNumber() ? e.getValue().asDouble() : Double.NaN));
      scores.add(new PromptScore(row.path("system").asString(), key.caseId(), key.structure(),
          row.path("interactions").asInt(), row.path("seconds").asDouble(), values));
    }
    return scores.isEmpty() ? Optional.empty() : Optional.of(scores);
  }

  /** Keeps the scores of a key. */
  void put(Key key, List<PromptScore> scores) {
    folder.ifPresent(f -> {
      ObjectNode root = JsonMapper.shared().createObjectNode();
      root.put("case", key.caseId()).put("structure", key.structure());
      ArrayNode rows = root.putArray("scores");
      for (PromptScore s : scores) {
        ObjectNode row = rows.addObject().put("system", s.system())
            .put("interactions", s.interactions()).put("seconds", s.seconds());
        ObjectNode values = row.putObject("values");
        s.values().forEach((metric, value) -> {
          if (Double.isNaN(value)) {
            values.putNull(metric);
          } else {
            values.put(metric, value);
          }
        });
      }
      AtomicFiles.writeString(file(f, key), root.toPrettyString());
    });
  }
}
