package io.fiducia.metrics.compat;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.metrics.LabelMapContent;
import io.fiducia.metrics.surface.Lattice;
import io.fiducia.metrics.surface.MaskPair;
import io.fiducia.metrics.surface.MaskPairs;
import io.fiducia.volume.LabelVolume;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
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
 * @param plane whether the masks have two dimensions
 * @param figures by tool, then by the figure's name; under {@link #PATIENT} those of sheared grids
 */
record PeerPair(int number, Geometry grid, boolean plane, boolean[] reference,
    boolean[] prediction, Map<String, Map<String, Double>> figures) {
  static final String PATIENT = "patient";

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
    boolean plane = shape.size() == 2;
    Size size = new Size(shape.get(0).asInt(), shape.get(1).asInt(),
        plane ? 1 : shape.get(2).asInt());
    Vec3 spacing = new Vec3(mm.get(0).asDouble(), mm.get(1).asDouble(),
        plane ? 1 : mm.get(2).asDouble());
    Map<String, Map<String, Double>> figures = new LinkedHashMap<>();
    List<String> tools = new ArrayList<>(List.of(PATIENT));
    Arrays.stream(CompatTool.values()).map(CompatTool::id).forEach(tools::add);
    for (String tool : tools) {
      Map<String, Double> values = new LinkedHashMap<>();
      node.path(tool).properties()
          .forEach(e -> values.put(e.getKey(), e.getValue().doubleValue()));
      if (!values.isEmpty()) {
        figures.put(tool, values);
      }
    }
    return new PeerPair(number, grid(size, spacing, node.path("steps")), plane,
        mask(node.path("ref").asString(), size), mask(node.path("pred").asString(), size),
        figures);
  }

  private static Geometry grid(Size size, Vec3 spacing, JsonNode steps) {
    if (steps.isMissingNode()) {
      return Geometry.of(size, spacing);
    }
    Vec3[] step = new Vec3[3];
    for (int a = 0; a < 3; a++) {
      JsonNode s = steps.get(a);
      step[a] = new Vec3(s.get(0).asDouble(), s.get(1).asDouble(), s.get(2).asDouble());
    }
    return new Geometry(size, new Vec3(step[0].norm(), step[1].norm(), step[2].norm()),
        new Vec3(0, 0, 0), new Mat3(step[0].times(1 / step[0].norm()),
            step[1].times(1 / step[1].norm()), step[2].times(1 / step[2].norm())));
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

  Size size() {
    return grid.size();
  }

  /** The masks as tools see them that know spacings only. */
  MaskPair masks() {
    Size size = size();
    return MaskPairs.pair(size, Lattice.rightAngled(grid.spacingMm(), plane),
        (x, y, z) -> reference[size.index(x, y, z)], (x, y, z) -> prediction[size.index(x, y, z)]);
  }

  LabelMapContent labels(boolean[] mask) {
    short[] labels = new short[mask.length];
    for (int i = 0; i < mask.length; i++) {
      labels[i] = (short) (mask[i] ? 1 : 0);
    }
    return new LabelMapContent(new LabelVolume(grid, labels), plane, List.of());
  }
}
