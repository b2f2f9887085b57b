package io.fiducia.app.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes the documents of {@code --json}. */
final class Json {
  private Json() {}

  /**
   * The document as indented JSON. Numbers that are not finite become null: the standard has no
   * word for them, and a strict reader would refuse the whole document.
   */
  static String write(Object document) {
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValueAsString(finite(document));
  }

  private static Object finite(Object value) {
    return switch (value) {
      case null -> null;
      case Double d when !Double.isFinite(d) -> null;
      case Float f when !Float.isFinite(f) -> null;
      case List<?> list -> {
        java.util.ArrayList<Object> copy = new java.util.ArrayList<>(list.size());
        list.forEach(v -> copy.add(finite(v)));
        yield copy;
      }
      case Map<?, ?> map -> {
        Map<Object, Object> copy = new LinkedHashMap<>();
        map.forEach((k, v) -> copy.put(k, finite(v)));
        yield copy;
      }
      default -> value;
    };
  }
}
