package io.fiducia.universeg.train;

import io.fiducia.base.FiduciaException;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.network.InContextWeights;
import io.fiducia.universeg.network.NetworkShape;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * Weights that a training starts from.
 *
 * @param file where they were read
 */
record InitialWeights(Path file, InContextWeights weights) {
  /**
   * Reads weights of UniverSeg.
   *
   * @throws FiduciaException BAD_INPUT if the file holds no such weights, or those of MultiverSeg, whose
   *     training needs simulated prompts
   */
  static InitialWeights read(Path file) {
    InContextWeights weights = InContextWeights.read(file);
    if (weights.shape().form() != NetworkShape.Form.UNIVERSEG) {
      throw FiduciaException.badInput("MultiverSeg is not trained here", file,
          "its training needs simulated prompts, which this program does not have",
          "start from weights of UniverSeg");
    }
    return new InitialWeights(file, weights);
  }

  /** Copies all tensors. @throws FiduciaException BAD_INPUT naming what is missing */
  void loadInto(InContextNetwork network) {
    network.load(weights.tensors()).requireComplete(file,
        "give the released file, or one of this program");
  }

  /** A digest of all names and values, whatever the file's format. */
  String sha256() {
    StringBuilder all = new StringBuilder();
    new TreeMap<>(weights.tensors()).forEach((name, t) -> all.append(name).append(t.sha256()));
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
          .digest(all.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
