package io.fiducia.anatomy.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Expected files: those that TotalSegmentator 2.18's {@code get_basic_statistics} writes, recorded by
 * {@code make_statistics_fixtures.py}. Among the images are intensities beyond 16 and 32 bits.
 */
class BasicStatisticsTest {
  private static final JsonNode ROOT = read();

  private static JsonNode read() {
    try (InputStream in = BasicStatisticsTest.class.getResourceAsStream("statistics.json")) {
      return JsonMapper.shared().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ByteBuffer unpack(JsonNode text) {
    try (InputStream in = new InflaterInputStream(
        new ByteArrayInputStream(Base64.getDecoder().decode(text.asString())))) {
      return ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FloatVolume image(String name) {
    JsonNode n = ROOT.path("images").path(name);
    JsonNode shape = ROOT.path("shape_xyz");
    JsonNode mm = n.path("spacing_xyz");
    Size size = new Size(shape.get(0).asInt(), shape.get(1).asInt(), shape.get(2).asInt());
    float[] data = new float[size.voxels()];
    unpack(n.path("data")).asFloatBuffer().get(data);
    return new FloatVolume(Geometry.of(size, new Vec3(mm.get(0).asDouble(),
        mm.get(1).asDouble(), mm.get(2).asDouble())), data);
  }

  private static LabelVolume labels(Geometry geometry) {
    ByteBuffer bytes = unpack(ROOT.path("labels"));
    short[] data = new short[geometry.size().voxels()];
    for (int i = 0; i < data.length; i++) {
      data[i] = bytes.get(i);
    }
    return new LabelVolume(geometry, data);
  }

  private static Map<Integer, String> classes() {
    Map<Integer, String> classes = new LinkedHashMap<>();
    ROOT.path("classes").properties()
        .forEach(e -> classes.put(Integer.valueOf(e.getKey()), e.getValue().asString()));
    return classes;
  }

  record Recorded(JsonNode node) {
    StatisticsOptions options() {
      return new StatisticsOptions(node.path("border").asBoolean(),
          node.path("median").asBoolean() ? Aggregation.MEDIAN : Aggregation.MEAN,
          node.path("normalized").asBoolean(), node.path("extra").asBoolean());
    }

    @Override
    public String toString() {
      return node.path("image").asString() + " " + options();
    }
  }

  static List<Recorded> cases() {
    return StreamSupport.stream(ROOT.path("cases").spliterator(), false).map(Recorded::new)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theFileIsUpstreamsToTheCharacter(Recorded r) {
    FloatVolume image = image(r.node().path("image").asString());
    List<StructureStatistics> found = BasicStatistics.of(labels(image.geometry()), image,
        classes(), r.options());
    assertThat(StatisticsFile.text(found)).isEqualTo(
        StandardCharsets.US_ASCII.decode(unpack(r.node().path("text"))).toString());
  }

  @Test
  void onlyTheWantedStructuresAreWrittenInTheirOrder(@TempDir Path folder) throws IOException {
    FloatVolume image = image("ct");
    Map<Integer, String> two = new LinkedHashMap<>();
    two.put(2, "second");
    two.put(7, "missing");
    two.put(1, "first \"one\"");
    StatisticsFile.write(folder.resolve("s.json"), BasicStatistics.of(
        labels(image.geometry()), image, two, StatisticsOptions.DEFAULT));
    JsonNode written = JsonMapper.shared().readTree(Files.readString(folder.resolve("s.json")));
    assertThat(written.propertyNames()).containsExactly("second", "missing", "first \"one\"");
    assertThat(written.path("missing").path("volume").asDouble()).isZero();
    // 3 x 5 x 5 voxels of 1.5 mm.
    assertThat(written.path("second").path("volume").asDouble()).isEqualTo(75 * 3.375);
    assertThat(StatisticsFile.text(List.of())).isEqualTo("{}");
  }

  @Test
  void numbersAreCutTo16BitsAsNumpyCutsThem() {
    // numpy.array([...]).astype(numpy.int16) on x86-64.
    float[] values = {1.9f, -1.9f, 32768, 40000, -40000, 65536, 3e9f, -3e9f, Float.NaN};
    int[] expected = {1, -1, -32768, -25536, 25536, 0, 0, 0, 0};
    for (int i = 0; i < values.length; i++) {
      assertThat(IntensityScale.whole(values[i])).isEqualTo((short) expected[i]);
    }
  }
}
