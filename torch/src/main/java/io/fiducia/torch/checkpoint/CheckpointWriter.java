package io.fiducia.torch.checkpoint;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * Writes checkpoints in torch's zip format, such that {@code torch.load} accepts them with
 * {@code weights_only=True}. The same values give the same bytes.
 */
public final class CheckpointWriter {
  private CheckpointWriter() {}

  /**
   * Writes a tree of values; the file appears whole or not at all.
   *
   * <p>
   * Maps become dicts ({@link OrderedState}: OrderedDict) with String, number or tuple keys, lists
   * become lists, {@link PyTuple} tuples, Sets sets, null and {@link PyNone} None, Integer and Long
   * int, Float and Double float. Tensors that {@linkplain StoredTensor#sharesBytesWith share their
   * bytes} share one storage; every tensor is written C-contiguous. A {@link NumpyArray} is written
   * as a tensor, because torch refuses numpy with {@code weights_only=True}.
   *
   * @throws FiduciaException BAD_INPUT if a value has no place in a checkpoint or the place cannot be
   *     written, OUT_OF_RESOURCES if the disk is full
   */
  public static void writePth(Path file, Object root) {
    Pickler pickler = new Pickler(file.toString());
    byte[] pickle = pickler.pickle(root);
    AtomicFiles.write(file, out -> write(out, 0xffffffffL, pickle, pickler.storages()));
  }

  static void write(OutputStream out, long wideFrom, byte[] pickle, List<StoredTensor> storages)
      throws IOException {
    ZipWriter zip = new ZipWriter(out, wideFrom);
    MessageDigest digest = sha256();
    zip.add("archive/data.pkl", ByteBuffer.wrap(pickle));
    digest.update(pickle);
    addText(zip, ".format_version", "1");
    addText(zip, ".storage_alignment", "64");
    addText(zip, "byteorder", "little");
    for (int key = 0; key < storages.size(); key++) {
      ByteBuffer content = storages.get(key).bytes();
      zip.add("archive/data/" + key, content);
      digest.update(content.duplicate());
    }
    addText(zip, "version", "3\n");
    // Forty digits that name the content, as torch's own identifier does.
    String id = new BigInteger(1, digest.digest()).mod(BigInteger.TEN.pow(40)).toString();
    addText(zip, ".data/serialization_id", "0".repeat(40 - id.length()) + id);
    zip.finish();
  }

  private static void addText(ZipWriter zip, String name, String text) throws IOException {
    zip.add("archive/" + name, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
