package io.fiducia.app.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the user asked of {@code --device}; the torch module decides whether it exists.
 *
 * @param index which GPU, 0 unless given; 0 for the other kinds
 */
public record DeviceChoice(Kind kind, int index) {
  private static final Pattern FORM = Pattern.compile("(auto|cpu|cuda|gpu)(?::(\\d{1,3}))?");

  /** The closed set of answers. */
  public enum Kind {
    AUTO,
    CPU,
    CUDA
  }

  /** The first GPU if there is one that works, the processor otherwise. */
  public static DeviceChoice auto() {
    return new DeviceChoice(Kind.AUTO, 0);
  }

  /**
   * Reads {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:1}; {@code gpu} is TotalSegmentator's
   * word for cuda.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static DeviceChoice parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches() || (m.group(2) != null && !m.group(1).matches("cuda|gpu"))) {
      throw new IllegalArgumentException(
          "expected auto, cpu, cuda or cuda:N, found '" + text + "'");
    }
    return switch (m.group(1)) {
      case "auto" -> auto();
      case "cpu" -> new DeviceChoice(Kind.CPU, 0);
      default -> new DeviceChoice(
          Kind.CUDA, m.group(2) == null ? 0 : Integer.parseInt(m.group(2)));
    };
  }

  @Override
  public String toString() {
    return switch (kind) {
      case AUTO -> "auto";
      case CPU -> "cpu";
      case CUDA -> "cuda:" + index;
    };
  }
}
