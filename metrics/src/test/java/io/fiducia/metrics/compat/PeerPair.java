package io.fiducia.metrics.compat;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.metrics.surface.MaskPair;
import io.fiducia.metrics.surface.MaskPairs;
import io.fiducia.volume.LabelVolume;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A pair of masks and what other tools say of it, as src/test/peers/peer_figures.py writes them.
 *
 * @param figures by tool, then by the figure's name
 */
record PeerPair(int number, Size size, Vec3 spacingMm, boolean[] reference, boolean[] prediction,
    Map<String, Map<String, Double>> figures) {
  private static final JsonMapper JSON = JsonMapper.builder()
      .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  static List<PeerPair> read(InputStream file) throws IOException {
    List<PeerPair> pairs = new ArrayList<>();
    try (BufferedReader lines = new BufferedReader(
        new InputStreamReader(new GZIPInputStream(file), StandardCharsets.UTF_8))) {
      lines.readLine();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        pairs.add(of(pairs.size(), JSON.readTree(line)));
      }
    }
    return pairs;
  }

  private static PeerPair of(int number, JsonNode node) {
    JsonNode shape = node.path("shape");
    JsonNode mm = node.path("spacing");
    Size size = new Size(shape.get(0).asInt(), shape.get(1).asInt(), shape.get(2).asInt());
    Map<String, Map<String, Double>> figures = new LinkedHashMap<>();
    for (CompatTool tool : CompatTool.values()) {
      Map<String, Double> values = new LinkedHashMap<>();
      node.path(tool.id()).properties()
          .forEach(e -> values.put(e.getKey(), e.getValue().doubleValue()));
      if (!values.isEmpty()) {
        figures.put(tool.id(), values);
      }
    }
    return new PeerPair(number, size,
        new Vec3(mm.get(0).asDouble(), mm.get(1).asDouble(), mm.get(2).asDouble()),
        mask(node.path("ref").asString(), size), mask(node.path("pred").asString(), size),
        figures);
  }

  /** Unpacks bits, the highest first, that run fastest along z. */
  private static boolean[] mask(String text, Size size) {
    byte[] packed = new byte[(size.voxels() + 7) / 8];
    Inflater inflater = new Inflater();
    inflater.setInput(Base64.getDecoder().decode(text));
    try {
      if (inflater.inflate(packed) != packed.length) {
        throw new IllegalStateException("a mask is too short");
      }
    } catch (DataFormatException e) {
      throw new IllegalStateException(e);
    } finally {
      inflater.end();
    }
    boolean[] mask = new boolean[size.voxels()];
    for (int i = 0; i < mask.length; i++) {
      int z = i % size.z();
      int y = i / size.z() % size.y();
      int x = i / size.z() / size.y();
      mask[size.index(x, y, z)] = (packed[i / 8] >> (7 - i % 8) & 1) != 0;
    }
    return mask;
  }

  MaskPair masks() {
    return MaskPairs.pair(size, spacingMm, (x, y, z) -> reference[size.index(x, y, z)],
        (x, y, z) -> prediction[size.index(x, y, z)]);
  }

  LabelVolume labels(boolean[] mask) {
    short[] labels = new short[mask.length];
    for (int i = 0; i < mask.length; i++) {
      labels[i] = (short) (mask[i] ? 1 : 0);
    }
    return new LabelVolume(Geometry.of(size, spacingMm), labels);
  }
}
