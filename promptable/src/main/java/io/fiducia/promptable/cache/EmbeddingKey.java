package io.fiducia.promptable.cache;

import io.fiducia.promptable.slice.ModelIdentity;
import java.util.List;

/**
 * What decides the embedding of a slice. Nothing in it tells who the patient is: the image is known by a
 * hash of its voxels.
 *
 * @param image hash of the image: {@link ContentHash#of(io.fiducia.volume.FloatVolume)}
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
    return ContentHash.of(text) + EmbeddingCache.ENDING;
  }
}
