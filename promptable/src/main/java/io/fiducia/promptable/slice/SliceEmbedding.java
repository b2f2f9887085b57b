package io.fiducia.promptable.slice;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A picture as a model has encoded it. Plain memory: it can be kept, given to another thread, and written to a
 * file.
 *
 * <p>The file: the bytes {@code FIDSLICE}, a version (int32, 1), family and weights (each as Java's modified
 * UTF-8 with its length), width, height, channels, side (int32), all in Java's byte order; the features as
 * little-endian float32; CRC-32C of the features (int64).
 *
 * @param model that made it
 * @param width columns of the picture
 * @param height rows of the picture
 * @param channels features of each place
 * @param side number of places along each side
 * @param features channel by channel, row by row; not copied, must not change
 */
public record SliceEmbedding(ModelIdentity model, int width, int height, int channels, int side,
    float[] features) {
  private static final byte[] MAGIC = "FIDSLICE"
      .getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final long MOST = 1L << 26;

  public SliceEmbedding {
    if (width < 1 || height < 1 || channels < 1 || side < 1
        || features.length != (long) channels * side * side) {
      throw new IllegalArgumentException(features.length + " features for " + channels + "x" + side
          + "x" + side + " of a picture of " + width + "x" + height);
    }
  }

  /** Bytes that it takes in memory, and about as many in a file. */
  public long bytes() {
    return 4L * features.length;
  }

  /** Whether this model made it. */
  public boolean isOf(ModelIdentity other) {
    return model.equals(other);
  }

  /**
   * Returns this if the model made it.
   *
   * @throws FiduciaException BAD_INPUT naming both models
   */
  public SliceEmbedding require(ModelIdentity wanted, Object where) {
    if (!isOf(wanted)) {
      throw FiduciaException.badInput("an embedding was made by another model", where,
          "expected " + wanted + ", found " + model, "encode the picture again with this model");
    }
    return this;
  }

  /** Writes a file that appears whole or not at all. */
  public void write(Path file) {
    byte[] bytes = new byte[4 * features.length];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(features);
    AtomicFiles.write(file, stream -> {
      DataOutputStream out = new DataOutputStream(stream);
      out.write(MAGIC);
      out.writeInt(VERSION);
      out.writeUTF(model.family());
      out.writeUTF(model.weights());
      for (int n : new int[]{width, height, channels, side}) {
        out.writeInt(n);
      }
      out.write(bytes);
      out.writeLong(checksum(bytes));
      out.flush();
    });
  }

  /**
   * Reads a file that {@link #write} made.
   *
   * @throws FiduciaException BAD_INPUT if it is not there, damaged, cut off or something else
   */
  public static SliceEmbedding read(Path file) {
    try (DataInputStream in = new DataInputStream(
        new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        throw refuse(file, "expected the first bytes FIDSLICE", null);
      }
      int version = in.readInt();
      if (version != VERSION) {
        throw refuse(file, "expected version " + VERSION + ", found " + version, null);
      }
      ModelIdentity model = new ModelIdentity(in.readUTF(), in.readUTF());
      int[] n = {in.readInt(), in.readInt(), in.readInt(), in.readInt()};
      if (n[2] < 1 || n[3] < 1 || n[3] > 4096 || (long) n[2] * n[3] * n[3] > MOST) {
        throw refuse(file, "impossible sizes " + Arrays.toString(n), null);
      }
      float[] features = new float[n[2] * n[3] * n[3]];
      byte[] bytes = in.readNBytes(4 * features.length);
      if (bytes.length != 4 * features.length || in.readLong() != checksum(bytes)
          || in.read() >= 0) {
        throw refuse(file, "its checksum or its length is wrong", null);
      }
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(features);
      return new SliceEmbedding(model, n[0], n[1], n[2], n[3], features);
    } catch (EOFException e) {
      throw refuse(file, "it ends too early", e);
    } catch (IOException | IllegalArgumentException e) {
      throw refuse(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static long checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return crc.getValue();
  }

  private static FiduciaException refuse(Path file, String why, Exception cause) {
    return FiduciaException.badInput("this is no usable embedding", file, why,
        "delete it; the picture is then encoded again", cause);
  }
}
