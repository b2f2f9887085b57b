package io.fiducia.torch.checkpoint;

import io.fiducia.base.FiduciaException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Reads checkpoints without running anything in them: torch's zip format, torch's older format of
 * consecutive pickles, and safetensors. The content decides the format, not the file's name.
 */
public final class CheckpointReader {
  private CheckpointReader() {}

  /**
   * The checkpoint's tree; the bytes of tensors stay in the file until asked for, but checksums are
   * verified now.
   *
   * @throws FiduciaException if the file cannot be read, is damaged, or holds anything but plain
   *     data; the message names the place
   */
  public static Checkpoint read(Path path) {
    FileSource file = FileSource.of(path);
    if (file.size() < 9) {
      throw Refusal.of(path, "", "it has only " + file.size() + " bytes");
    }
    byte[] head = file.read(0, (int) Math.min(16, file.size()));
    int first = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (first == ZipDirectory.LOCAL_HEADER) {
      return ZipCheckpoint.read(file);
    }
    if (first == ZipDirectory.END) {
      throw Refusal.of(path, "", "it is an empty zip archive");
    }
    if (head[8] == '{') {
      return SafetensorsReader.read(file);
    }
    if ((head[0] & 0xff) == 0x80) {
      return LegacyCheckpoint.read(file);
    }
    throw Refusal.of(
        path, "byte 0", "it is none of torch's zip format, torch's older format and safetensors");
  }
}
