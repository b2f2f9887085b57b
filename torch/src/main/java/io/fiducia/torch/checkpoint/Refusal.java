package io.fiducia.torch.checkpoint;

import io.fiducia.base.FiduciaException;
import java.nio.file.Path;

/** The one way in which a damaged or hostile file is turned away. */
final class Refusal {
  private Refusal() {}

  static final String GET_AGAIN = "the file is damaged or was not made by torch.save or safetensors; fetch or save it again";

  static FiduciaException of(Path file, String place, String reason) {
    return of(file, place, reason, GET_AGAIN);
  }

  static FiduciaException of(Path file, String place, String reason, String advice) {
    String where = place.isEmpty() ? file.toString() : file + ", " + place;
    return FiduciaException.badInput("refused the checkpoint", where, reason, advice);
  }

  /** Text from a file as it may stand in a message: short, without control characters. */
  static String quote(Object text) {
    String s = String.valueOf(text);
    StringBuilder out = new StringBuilder();
    s.codePoints().limit(80).forEach(
        c -> out.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return "'" + out + (s.length() > out.length() ? "..." : "") + "'";
  }
}
