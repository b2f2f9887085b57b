package io.fiducia.torch.checkpoint;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Values as JSON text and back. What JSON lacks is an object with one key that starts with "$":
 * {@code {"$tuple":[...]}}, {@code {"$tensor":"name"}}, {@code {"$dict":[[key,value],...]}}.
 */
final class ValueJson {
  private static final int MAX_DEPTH = 2 * Checkpoint.MAX_DEPTH;

  private ValueJson() {}

  /** A value's JSON; {@code tensorNames} gives the name of each tensor, in the order of the tree. */
  static String write(Object value, Iterator<String> tensorNames) {
    StringBuilder out = new StringBuilder();
    write(value, tensorNames, out);
    return out.toString();
  }

  private static void write(
      Object value, Iterator<String> tensorNames, StringBuilder out) {
    if (value instanceof StoredTensor || value instanceof NumpyArray) {
      tagged("tensor", tensorNames.next(), out);
    } else if (value == PyNone.NONE) {
      out.append("null");
    } else if (value instanceof Boolean || value instanceof Long || value instanceof BigInteger) {
      out.append(value);
    } else if (value instanceof Double d) {
      if (Double.isFinite(d)) {
        out.append(d);
      } else {
        tagged("float", d.toString(), out);
      }
    } else if (value instanceof String s) {
      StrictJson.quote(s, out);
    } else if (value instanceof OrderedState state) {
      pairs("ordered", state, tensorNames, out);
    } else if (value instanceof Map<?, ?> map) {
      boolean plain = map.keySet().stream()
          .allMatch(k -> k instanceof String s && !s.startsWith("$"));
      if (plain) {
        out.append('{');
        map.forEach((k, v) -> {
          StrictJson.quote((String) k, out);
          out.append(':');
          write(v, tensorNames, out);
          out.append(',');
        });
        close(out, '}');
      } else {
        pairs("dict", map, tensorNames, out);
      }
    } else if (value instanceof Collection<?> many) {
      String tag = many instanceof PyTuple ? "tuple" : many instanceof List ? "" : "set";
      out.append(tag.isEmpty() ? "[" : "{\"$" + tag + "\":[");
      many.forEach(v -> {
        write(v, tensorNames, out);
        out.append(',');
      });
      close(out, ']');
      out.append(tag.isEmpty() ? "" : "}");
    } else if (value instanceof byte[] bytes) {
      tagged("bytes", HexFormat.of().formatHex(bytes), out);
    } else if (value instanceof StoredType dtype) {
      tagged("dtype", dtype.torchName(), out);
    } else if (value instanceof PyDevice device) {
      tagged("device", device.toString(), out);
    } else if (value instanceof PyComplex c) {
      out.append("{\"$complex\":[");
      write(c.real(), tensorNames, out);
      out.append(',');
      write(c.imaginary(), tensorNames, out);
      out.append("]}");
    } else {
      throw new IllegalArgumentException("no JSON for " + value.getClass());
    }
  }

  private static void pairs(
      String tag, Map<?, ?> map, Iterator<String> tensorNames, StringBuilder out) {
    out.append("{\"$").append(tag).append("\":[");
    map.forEach((k, v) -> {
      out.append('[');
      write(k, tensorNames, out);
      out.append(',');
      write(v, tensorNames, out);
      out.append("],");
    });
    close(out, ']');
    out.append('}');
  }

  private static void close(StringBuilder out, char bracket) {
    if (out.charAt(out.length() - 1) == ',') {
      out.setLength(out.length() - 1);
    }
    out.append(bracket);
  }

  private static void tagged(String tag, String text, StringBuilder out) {
    out.append("{\"$").append(tag).append("\":");
    StrictJson.quote(text, out);
    out.append('}');
  }

  /** The tree that {@link #write} gave as JSON; empty if it is not of that form. */
  static Optional<Object> read(String json, Map<String, StoredTensor> tensors) {
    try {
      return Optional.of(restore(StrictJson.parse(json), new HashMap<>(tensors), 0));
    } catch (StrictJson.Malformed | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Object restore(Object json, Map<String, StoredTensor> tensors, int depth) {
    check(depth < MAX_DEPTH);
    if (json instanceof List<?> list) {
      return restoreAll(list, tensors, depth);
    }
    if (!(json instanceof Map<?, ?> map)) {
      return json;
    }
    Object first = map.isEmpty() ? "" : map.keySet().iterator().next();
    if (map.size() == 1 && String.valueOf(first).startsWith("$")) {
      return restoreTagged(
          String.valueOf(first).substring(1), map.get(first), tensors, depth);
    }
    LinkedHashMap<Object, Object> plain = new LinkedHashMap<>();
    map.forEach((k, v) -> plain.put(k, restore(v, tensors, depth + 1)));
    return plain;
  }

  private static List<Object> restoreAll(
      Object json, Map<String, StoredTensor> tensors, int depth) {
    check(json instanceof List);
    List<Object> values = new ArrayList<>();
    for (Object value : (List<?>) json) {
      values.add(restore(value, tensors, depth + 1));
    }
    return values;
  }

  private static Object restoreTagged(
      String tag, Object json, Map<String, StoredTensor> tensors, int depth) {
    return switch (tag) {
      case "tensor" -> {
        // Each name stands once in the tree, so what is left over was not in it.
        StoredTensor tensor = tensors.remove(String.valueOf(json));
        check(tensor != null);
        yield tensor;
      }
      case "tuple" -> PyTuple.copyOf(restoreAll(json, tensors, depth));
      case "set" -> new LinkedHashSet<>(restoreAll(json, tensors, depth));
      case "ordered" -> restorePairs(new OrderedState(), json, tensors, depth);
      case "dict" -> restorePairs(new LinkedHashMap<>(), json, tensors, depth);
      case "float" -> Double.valueOf(String.valueOf(json));
      case "bytes" -> HexFormat.of().parseHex(String.valueOf(json));
      case "dtype" -> Arrays.stream(StoredType.values())
          .filter(d -> d.torchName().equals(json)).findFirst()
          .orElseThrow(IllegalArgumentException::new);
      case "device" -> {
        String[] parts = String.valueOf(json).split(":", 2);
        yield new PyDevice(
            parts[0],
            parts.length == 1
                ? OptionalInt.empty()
                : OptionalInt.of(Integer.parseInt(parts[1])));
      }
      case "complex" -> {
        List<Object> parts = restoreAll(json, tensors, depth);
        check(
            parts.size() == 2 && parts.get(0) instanceof Double
                && parts.get(1) instanceof Double);
        yield new PyComplex((Double) parts.get(0), (Double) parts.get(1));
      }
      default -> throw new IllegalArgumentException(tag);
    };
  }

  private static Map<Object, Object> restorePairs(
      Map<Object, Object> target, Object json, Map<String, StoredTensor> tensors, int depth) {
    for (Object pair : restoreAll(json, tensors, depth)) {
      check(pair instanceof List<?> p && p.size() == 2);
      Object key = ((List<?>) pair).get(0);
      check(
          PickleMachine.isScalar(key)
              || key instanceof PyTuple t && t.stream().allMatch(PickleMachine::isScalar));
      target.put(key, ((List<?>) pair).get(1));
    }
    return target;
  }

  private static void check(boolean condition) {
    if (!condition) {
      throw new IllegalArgumentException("not a stored tree");
    }
  }
}
