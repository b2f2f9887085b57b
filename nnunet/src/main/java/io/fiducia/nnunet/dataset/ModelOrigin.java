package io.fiducia.nnunet.dataset;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a model folder comes from: the content of {@code source.json} in a folder that was made from a
 * public model.
 *
 * @param facts tool, task, licence and the like, as text, numbers, lists and maps
 * @param structures what the labels of the network stand for
 */
public record ModelOrigin(Map<String, Object> facts, List<Labelled> structures) {
  /** The name of the file. */
  public static final String FILE = "source.json";

  private static final String STRUCTURES = "structures";

  /**
   * A structure of the network.
   *
   * @param label its label
   * @param name the public tool's name for it
   * @param tg263 its name in TG-263, where it has one
   */
  public record Labelled(int label, String name, Optional<String> tg263) {}

  public ModelOrigin {
    facts = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    structures = List.copyOf(structures);
  }

  /**
   * Reads the origin of a model folder; empty if it has none.
   *
   * @throws FiduciaException BAD_INPUT if the file is there but cannot be used
   */
  public static Optional<ModelOrigin> read(Path model) {
    Path file = model.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      Map<String, Object> facts = JsonMapper.shared().readValue(Files.readString(file),
          new TypeReference<LinkedHashMap<String, Object>>() {
          });
      List<Labelled> structures = new ArrayList<>();
      if (facts.remove(STRUCTURES) instanceof List<?> list) {
        list.forEach(s -> structures.add(labelled(file, s)));
      }
      return Optional.of(new ModelOrigin(facts, structures));
    } catch (IOException | JacksonException e) {
      throw damaged(file, String.valueOf(e.getMessage()));
    }
  }

  private static Labelled labelled(Path file, Object entry) {
    if (entry instanceof Map<?, ?> m && m.get("label") instanceof Number label
        && m.get("name") instanceof String name) {
      return new Labelled(label.intValue(), name, Optional.ofNullable(m.get("tg263"))
          .map(String::valueOf));
    }
    throw damaged(file, "expected structures with label and name, found " + entry);
  }

  private static FiduciaException damaged(Path file, String why) {
    return FiduciaException.badInput("the description of where a model comes from cannot be read",
        file, why, "make the model folder again from the public model");
  }

  /** Writes the file into a model folder, whole or not at all. */
  public void write(Path model) {
    Map<String, Object> root = new LinkedHashMap<>(facts);
    root.put(STRUCTURES, structures.stream().map(s -> {
      Map<String, Object> node = new LinkedHashMap<>();
      node.put("label", s.label());
      node.put("name", s.name());
      s.tg263().ifPresent(name -> node.put("tg263", name));
      return node;
    }).toList());
    AtomicFiles.writeString(model.resolve(FILE),
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
  }
}
