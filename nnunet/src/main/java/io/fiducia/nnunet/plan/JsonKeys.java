package io.fiducia.nnunet.plan;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * Reads values of known types from an object of plans.json or dataset_fingerprint.json. What is
 * missing or of another type is a BAD_INPUT that names the file, the key and what was found there.
 *
 * @param file what the file is, for the message
 * @param where the file, and the place of the object in it
 * @param node the object
 * @param advice what the user can do
 */
record JsonKeys(String file, String where, JsonNode node, String advice) {
  /** An object of a plans file. */
  static JsonKeys ofPlans(String where, JsonNode node) {
    return new JsonKeys("plans.json", where, node,
        "give a plans file that nnU-Net or Fiducia wrote");
  }

  /** The object under a key; every key is missing in it where there is none. */
  JsonKeys at(String key) {
    return new JsonKeys(file, where + ", " + key, node.path(key), advice);
  }

  /** What a constructor makes of values; those that do not fit each other are a BAD_INPUT. */
  <T> T made(Supplier<T> constructor) {
    try {
      return constructor.get();
    } catch (IllegalArgumentException e) {
      throw FiduciaException.badInput(file + " is not usable", where,
          String.valueOf(e.getMessage()),
          advice, e);
    }
  }

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  JsonNode need(String key) {
    JsonNode value = node.get(key);
    if (value == null || value.isNull()) {
      throw FiduciaException.badInput(file + " is not usable", where,
          "the key " + key + " is missing", advice);
    }
    return value;
  }

  String text(String key) {
    return text(key, need(key));
  }

  private String text(String key, JsonNode value) {
    return value.asStringOpt().orElseThrow(() -> wrong(key, "text", value));
  }

  /** A text that becomes part of a path. */
  String name(String key) {
    return FileNames.check(text(key), where + ", key " + key);
  }

  List<String> names(String key) {
    return list(key, need(key),
        v -> FileNames.check(text(key, v), where + ", key " + key));
  }

  int whole(String key) {
    return whole(key, need(key));
  }

  private int whole(String key, JsonNode value) {
    return value.asIntOpt().orElseThrow(() -> wrong(key, "a whole number", value));
  }

  double number(String key) {
    return number(key, need(key));
  }

  private double number(String key, JsonNode value) {
    return value.asDoubleOpt().orElseThrow(() -> wrong(key, "a number", value));
  }

  boolean flag(String key) {
    return flag(key, need(key));
  }

  private boolean flag(String key, JsonNode value) {
    return value.asBooleanOpt().orElseThrow(() -> wrong(key, "true or false", value));
  }

  List<String> texts(String key) {
    return list(key, need(key), v -> text(key, v));
  }

  List<Integer> wholes(String key) {
    return list(key, need(key), v -> whole(key, v));
  }

  List<Double> numbers(String key) {
    return list(key, need(key), v -> number(key, v));
  }

  List<Boolean> flags(String key) {
    return list(key, need(key), v -> flag(key, v));
  }

  /** Lists of whole numbers, such as strides: one list per stage. */
  List<List<Integer>> wholeLists(String key) {
    return list(key, need(key), v -> list(key, v, n -> whole(key, n)));
  }

  List<List<Double>> numberLists(String key) {
    return list(key, need(key), v -> list(key, v, n -> number(key, n)));
  }

  /** A whole number per stage: a list of them, or one that holds for all stages. */
  List<Integer> perStage(String key, int stages) {
    JsonNode value = need(key);
    if (value.isArray()) {
      return wholes(key);
    }
    int each = whole(key, value);
    return java.util.Collections.nCopies(Math.max(0, stages), each);
  }

  private <T> List<T> list(String key, JsonNode value, Function<JsonNode, T> element) {
    if (!value.isArray()) {
      throw wrong(key, "a list", value);
    }
    List<T> list = new ArrayList<>();
    value.forEach(v -> list.add(element.apply(v)));
    return list;
  }

  /** The number under a key, 0 where there is none. */
  double numberOr0(String key) {
    return has(key) ? number(key) : 0;
  }

  /** Whether a key is absent or holds the one value that is understood. */
  boolean isAbsentOr(String key, double expected) {
    return !has(key) || number(key) == expected;
  }

  boolean isAbsentOr(String key, String expected) {
    return !has(key) || text(key).equals(expected);
  }

  boolean isAbsentOr(String key, boolean expected) {
    return !has(key) || flag(key) == expected;
  }

  private FiduciaException wrong(String key, String expected, JsonNode found) {
    String text = found.toString();
    return FiduciaException.badInput(file + " is not usable", where + ", key " + key,
        "expected " + expected + ", found "
            + (text.length() > 200 ? text.substring(0, 200) + "..." : text),
        advice);
  }
}
