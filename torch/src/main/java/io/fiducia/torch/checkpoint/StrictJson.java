package io.fiducia.torch.checkpoint;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * JSON read strictly: no key twice, bounded depth, nothing after the value. This module has no JSON
 * library, and a header that decides where weights lie must have one meaning only.
 */
final class StrictJson {
  private static final int MAX_DEPTH = 256;

  private final String text;
  private int at;

  private StrictJson(String text) {
    this.text = text;
  }

  /** What is wrong and where. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String reason, int position) {
      super(reason + " at character " + position);
    }
  }

  /** Map, List, String, Long, BigInteger, Double, Boolean or PyNone. */
  static Object parse(String text) throws Malformed {
    StrictJson json = new StrictJson(text);
    Object value = json.value(0);
    json.space();
    if (json.at < text.length()) {
      throw json.wrong("something follows the value");
    }
    return value;
  }

  private Malformed wrong(String reason) {
    return new Malformed(reason, at);
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() throws Malformed {
    if (at >= text.length()) {
      throw wrong("the text ends early");
    }
    return text.charAt(at);
  }

  private void expect(String token) throws Malformed {
    if (!text.startsWith(token, at)) {
      throw wrong("expected " + token);
    }
    at += token.length();
  }

  private Object value(int depth) throws Malformed {
    if (depth > MAX_DEPTH) {
      throw wrong("values are nested too deep");
    }
    space();
    switch (peek()) {
      case '{' -> {
        return object(depth);
      }
      case '[' -> {
        return array(depth);
      }
      case '"' -> {
        return string();
      }
      case 't' -> {
        expect("true");
        return Boolean.TRUE;
      }
      case 'f' -> {
        expect("false");
        return Boolean.FALSE;
      }
      case 'n' -> {
        expect("null");
        return PyNone.NONE;
      }
      default -> {
        return number();
      }
    }
  }

  private Map<String, Object> object(int depth) throws Malformed {
    Map<String, Object> map = new LinkedHashMap<>();
    expect("{");
    space();
    if (peek() == '}') {
      at++;
      return map;
    }
    while (true) {
      space();
      String key = string();
      if (map.containsKey(key)) {
        throw wrong("the key " + Refusal.quote(key) + " occurs twice");
      }
      space();
      expect(":");
      map.put(key, value(depth + 1));
      space();
      if (peek() == '}') {
        at++;
        return map;
      }
      expect(",");
    }
  }

  private List<Object> array(int depth) throws Malformed {
    List<Object> list = new ArrayList<>();
    expect("[");
    space();
    if (peek() == ']') {
      at++;
      return list;
    }
    while (true) {
      list.add(value(depth + 1));
      space();
      if (peek() == ']') {
        at++;
        return list;
      }
      expect(",");
    }
  }

  private String string() throws Malformed {
    expect("\"");
    StringBuilder out = new StringBuilder();
    while (true) {
      char c = peek();
      at++;
      if (c == '"') {
        return out.toString();
      }
      if (c < ' ') {
        throw wrong("a control character in text");
      }
      out.append(c == '\\' ? escape() : c);
    }
  }

  private char escape() throws Malformed {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(peek(), 16);
          if (digit < 0 || peek() > 'f') {
            throw wrong("a bad escape");
          }
          code = code * 16 + digit;
          at++;
        }
        yield (char) code;
      }
      default -> throw wrong("a bad escape");
    };
  }

  private Object number() throws Malformed {
    int start = at;
    while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String token = text.substring(start, at);
    if (token.length() > 400 || !token.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
      at = start;
      throw wrong("expected a value");
    }
    if (token.chars().allMatch(c -> c == '-' || c >= '0' && c <= '9')) {
      BigInteger whole = new BigInteger(token);
      return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole;
    }
    return Double.valueOf(token);
  }

  /** Appends text as a JSON string. */
  static void quote(String value, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
