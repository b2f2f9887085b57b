package io.fiducia.universeg.score;

import io.fiducia.base.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finished cells on disk, one small file each, so that a run that was stopped loses the case under way
 * only. A file counts only if everything that decides its content is still the same.
 */
final class CellStore {
  /** Changes whenever the same inputs would give other scores. */
  private static final int VERSION = 1;

  private final Path folder;

  CellStore(Path folder) {
    this.folder = folder;
  }

  /** Where the files of a system with one support size and draw lie. */
  Path folder(String system, int size, int repeat) {
    return folder.resolve(String.format(Locale.ROOT, "%s_n%d_r%d", system, size, repeat));
  }

  private Path file(String system, int size, int repeat, String caseId) {
    return folder(system, size, repeat).resolve(caseId + ".json");
  }

  /** A hash of lines. */
  static String hash(List<String> lines) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(("cell " + VERSION).getBytes(StandardCharsets.UTF_8));
      for (String line : lines) {
        digest.update((byte) '\n');
        digest.update(line.replace("\n", "\n\n").getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** A finished cell; empty if there is none, its inputs were others, or its file is damaged. */
  Optional<ScoredCell> read(String system, int size, int repeat, String caseId, String inputs) {
    Path file = file(system, size, repeat, caseId);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
      if (!json.path("inputs").asString("").equals(inputs) || !json.path("scores").isObject()) {
        return Optional.empty();
      }
      List<String> support = new ArrayList<>();
      json.path("support").forEach(n -> support.add(n.asString()));
      Map<String, Map<String, Double>> scores = new LinkedHashMap<>();
      json.path("scores").properties().forEach(e -> {
        Map<String, Double> values = new LinkedHashMap<>();
        e.getValue().properties()
            .forEach(v -> values.put(v.getKey(), v.getValue().asDouble(Double.NaN)));
        scores.put(e.getKey(), values);
      });
      return Optional.of(new ScoredCell(system, size, repeat, caseId, support,
          json.path("seconds").asDouble(Double.NaN), scores));
    } catch (IOException | JacksonException e) {
      // A damaged file is computed again.
      return Optional.empty();
    }
  }

  /** Keeps a finished cell. */
  void write(ScoredCell cell, String inputs) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("system", cell.system()).put("size", cell.size()).put("repeat", cell.repeat())
        .put("case", cell.caseId());
    ArrayNode support = json.putArray("support");
    cell.support().forEach(support::add);
    json.put("seconds", cell.seconds());
    ObjectNode scores = json.putObject("scores");
    cell.scores().forEach((structure, values) -> {
      ObjectNode node = scores.putObject(structure);
      values.forEach((metric, value) -> {
        if (Double.isFinite(value)) {
          node.put(metric, value);
        } else {
          node.putNull(metric);
        }
      });
    });
    json.put("inputs", inputs);
    AtomicFiles.writeString(file(cell.system(), cell.size(), cell.repeat(), cell.caseId()),
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
  }
}
