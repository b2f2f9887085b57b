package io.fiducia.anatomy.task;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the tables of tasks that are part of the program. */
final class TableJson {
  private TableJson() {}

  /** The content of a table beside this class. */
  static JsonNode read(String file) {
    try (InputStream in = TableJson.class.getResourceAsStream(file)) {
      return JsonMapper.shared().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("the program's table " + file, e);
    }
  }

  /** Names by number, in the order of the file. */
  static Map<Integer, String> names(JsonNode n) {
    Map<Integer, String> names = new LinkedHashMap<>();
    n.properties()
        .forEach(e -> names.put(Integer.valueOf(e.getKey()), e.getValue().asString()));
    return Collections.unmodifiableMap(names);
  }

  /** Numbers by number, in the order of the file. */
  static Map<Integer, Integer> numbers(JsonNode n) {
    Map<Integer, Integer> numbers = new LinkedHashMap<>();
    n.properties().forEach(e -> numbers.put(Integer.valueOf(e.getKey()), e.getValue().asInt()));
    return Collections.unmodifiableMap(numbers);
  }

  /** The entries of a list as text. */
  static List<String> strings(JsonNode n) {
    return StreamSupport.stream(n.spliterator(), false)
        .map(e -> e.isString() ? e.asString() : e.toString()).toList();
  }
}
