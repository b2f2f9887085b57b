package io.fiducia.promptable.cache;

import io.fiducia.geometry.Geometry;
import io.fiducia.volume.FloatVolume;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of contents, in lower case: names for what is kept that tell nothing about a patient. */
public final class ContentHash {
  private static final int BUFFER = 1 << 16;

  private ContentHash() {}

  /** The hash of a text. */
  public static String of(String text) {
    return hex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The hash of an image: its grid and its voxels. */
  public static String of(FloatVolume image) {
    MessageDigest digest = sha256();
    ByteBuffer buffer = begin(digest, image.geometry());
    for (float v : image.data()) {
      if (!buffer.hasRemaining()) {
        digest.update(buffer.flip());
        buffer.clear();
      }
      buffer.putFloat(v);
    }
    digest.update(buffer.flip());
    return hex(digest.digest());
  }

  /** The hash of a mask of a grid. */
  public static String of(Geometry grid, boolean[] mask) {
    MessageDigest digest = sha256();
    ByteBuffer buffer = begin(digest, grid);
    for (boolean in : mask) {
      if (!buffer.hasRemaining()) {
        digest.update(buffer.flip());
        buffer.clear();
      }
      buffer.put((byte) (in ? 1 : 0));
    }
    digest.update(buffer.flip());
    return hex(digest.digest());
  }

  private static ByteBuffer begin(MessageDigest digest, Geometry grid) {
    digest.update(grid.toString().getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.allocate(BUFFER);
  }

  private static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
