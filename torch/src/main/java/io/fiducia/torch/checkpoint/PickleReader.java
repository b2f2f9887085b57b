package io.fiducia.torch.checkpoint;

import io.fiducia.base.FiduciaException;
import java.nio.file.Path;

/**
 * Reads a file that is one Python pickle of plain data, such as the properties that nnU-Net keeps
 * beside each case. Nothing in the file is run.
 */
public final class PickleReader {
  private PickleReader() {}

  /**
   * The pickled value: Long, Double, String, Boolean, {@link PyNone}, List, {@link PyTuple}, Map,
   * {@link NumpyArray} and what contains them.
   *
   * @throws FiduciaException if the file cannot be read, is damaged, or holds anything but plain
   *     data; the message names the place
   */
  public static Object read(Path path) {
    FileSource file = FileSource.of(path);
    PickleInput in = new PickleInput(
        file, "pickle", new Storage.InFile(file, 0, file.size()), 0, file.size());
    Object value = new PickleMachine(in, (type, key, elements, view) -> {
      throw new PickleMachine.Refused("a tensor, which no plain pickle has");
    }, false).read();
    if (in.position() != file.size()) {
      throw Refusal.of(path, "byte " + in.position(), "more bytes follow the pickle's end");
    }
    return value;
  }
}
