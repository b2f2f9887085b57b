package io.fiducia.promptable.sam;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the Python originals gave for pictures and weights by formula. Made by {@code python
 * promptable/src/test/peer/sam_reference.py --write
 * promptable/src/test/resources/io/fiducia/promptable/sam/reference.json}.
 */
public final class ReferenceFile {
  private ReferenceFile() {}

  /** Its content. */
  public static JsonNode read() {
    try (InputStream in = ReferenceFile.class.getResourceAsStream("reference.json")) {
      return JsonMapper.shared().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The picture by formula of the script, row by row. */
  public static float[] picture(int width, int height) {
    float[] out = new float[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        out[y * width + x] = (float) Math
            .rint(127.5 + 127.5 * Math.sin(0.37 * x + 0.11 * y + 0.0013 * x * y));
      }
    }
    return out;
  }

  /** The values at the script's places. */
  public static float[] samples(float[] values) {
    float[] out = new float[24];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[(i * 7919 + 13) % values.length];
    }
    return out;
  }
}
