package io.fiducia.promptable.cache;

import io.fiducia.promptable.slice.ModelIdentity;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What decides the embedding of a slice. Nothing in it tells who the patient is: the image is known by a
 * hash of its voxels.
 *
 * @param image SHA-256 of the image's voxels and size
 * @param axis the index axis of the image along which slices follow each other
 * @param slice index along that axis
 * @param window the intensities that become black and white
 * @param width columns of the picture
 * @param height rows of the picture
 * @param model that encodes the picture
 */
public record EmbeddingKey(String image, int axis, int slice, Range window, int width, int height,
    ModelIdentity model) {
  /** Two intensities. */
  public record Range(double low, double high) {}

  /** What the files of a cache are called: a hash of the key. */
  String fileName() {
    String text = String.join("\n", List.of("embedding 1", image, "axis " + axis, "slice " + slice,
        "window " + window.low() + " " + window.high(), "picture " + width + " " + height,
        model.family(), model.weights()));
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)))
        + EmbeddingCache.ENDING;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
