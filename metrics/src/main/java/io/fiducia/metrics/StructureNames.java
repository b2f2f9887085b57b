package io.fiducia.metrics;

import io.fiducia.base.FiduciaException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads structures from the {@code labels} of nnU-Net's dataset.json. */
public final class StructureNames {
  private StructureNames() {}

  /** The dataset.json beside references, in their folder or one above it, if there is one. */
  public static Optional<Path> find(Path references) {
    Path path = references.toAbsolutePath().normalize();
    Path folder = Files.isRegularFile(path) ? path.getParent() : path;
    for (Path place : folder.getParent() == null
        ? List.of(folder)
        : List.of(folder, folder.getParent())) {
      Path file = place.resolve("dataset.json");
      if (Files.isRegularFile(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /**
   * The foreground structures in the order of the file, a list of labels being a region; the ignore
   * label and the background are left out.
   */
  public static List<Structure> read(Path datasetJson) {
    List<Structure> structures = new ArrayList<>();
    try {
      JsonNode labels = JsonMapper.shared().readTree(Files.readString(datasetJson)).path("labels");
      if (!labels.isObject()) {
        throw FiduciaException.badInput("no labels", datasetJson,
            "expected an object \"labels\", found " + labels.getNodeType(),
            "give nnU-Net's dataset.json");
      }
      for (var entry : labels.properties()) {
        JsonNode value = entry.getValue();
        if (entry.getKey().equals("background") || entry.getKey().equals("ignore")) {
          continue;
        }
        List<Integer> members = new ArrayList<>();
        if (value.isArray()) {
          value.forEach(v -> members.add(v.asInt()));
        } else {
          members.add(value.asInt());
        }
        String key = value.isArray()
            ? members.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"))
            : String.valueOf(value.asInt());
        structures.add(new Structure(key, entry.getKey(), members));
      }
    } catch (JacksonException e) {
      throw FiduciaException.badInput("cannot read dataset.json",
          datasetJson + ", line " + e.getLocation().getLineNr(), e.getOriginalMessage(),
          "check that the file is valid JSON", e);
    } catch (java.io.IOException e) {
      throw FiduciaException.badInput("cannot read dataset.json", datasetJson, e.getMessage(),
          "check that the file is valid JSON", e);
    }
    return structures;
  }

  /** The label that marks voxels without annotation, if the file declares one. */
  public static OptionalInt ignoreLabel(Path datasetJson) {
    try {
      JsonNode ignore = JsonMapper.shared().readTree(Files.readString(datasetJson)).path("labels")
          .path("ignore");
      return ignore.isMissingNode() ? OptionalInt.empty() : OptionalInt.of(ignore.asInt());
    } catch (java.io.IOException | JacksonException e) {
      throw FiduciaException.badInput("cannot read dataset.json", datasetJson, e.getMessage(),
          "check that the file is valid JSON", e);
    }
  }
}
