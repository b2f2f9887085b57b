package io.fiducia.anatomy.post;

import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.volume.LabelVolume;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.StreamSupport;
import java.util.zip.InflaterInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Label maps before and after the public tools' clean-up, written by {@code make_post_fixtures.py}. */
final class PostFixtures {
  private PostFixtures() {}

  /** One recorded call. */
  record Recorded(JsonNode node) {
    Geometry geometry() {
      JsonNode n = node.path("shape_xyz");
      JsonNode s = node.path("spacing_xyz");
      return Geometry.of(new Size(n.get(0).asInt(), n.get(1).asInt(), n.get(2).asInt()),
          new Vec3(s.get(0).asDouble(), s.get(1).asDouble(), s.get(2).asDouble()));
    }

    LabelVolume before() {
      return labels("before");
    }

    short[] after() {
      return labels("after").data();
    }

    LabelVolume labels(String field) {
      return new LabelVolume(geometry(), unpack(node.path(field).asString()));
    }

    boolean[] mask(String field) {
      short[] labels = labels(field).data();
      boolean[] mask = new boolean[labels.length];
      for (int i = 0; i < mask.length; i++) {
        mask[i] = labels[i] != 0;
      }
      return mask;
    }

    int number(String field) {
      return node.path(field).asInt();
    }

    @Override
    public String toString() {
      return node.path("name").asString() + " " + node.path("case").asString("")
          + " " + node.path("spacing_xyz");
    }
  }

  static JsonNode root() {
    try (InputStream in = PostFixtures.class.getResourceAsStream("post.json")) {
      return JsonMapper.shared().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All recorded calls of a name. */
  static List<Recorded> named(String name) {
    List<Recorded> found = new ArrayList<>(StreamSupport.stream(
        root().path("cases").spliterator(), false).map(Recorded::new)
        .filter(r -> r.node().path("name").asString().equals(name)).toList());
    if (found.isEmpty()) {
      throw new IllegalArgumentException(name);
    }
    return found;
  }

  private static short[] unpack(String text) {
    try (InputStream in = new InflaterInputStream(
        new ByteArrayInputStream(Base64.getDecoder().decode(text)))) {
      byte[] bytes = in.readAllBytes();
      short[] labels = new short[bytes.length];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = (short) (bytes[i] & 0xff);
      }
      return labels;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
