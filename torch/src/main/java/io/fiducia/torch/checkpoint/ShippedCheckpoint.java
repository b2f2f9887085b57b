package io.fiducia.torch.checkpoint;

import io.fiducia.base.FiduciaException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads weights that come with the program, as a resource in the safetensors format. */
public final class ShippedCheckpoint {
  private ShippedCheckpoint() {}

  /** Whether the program has this resource. */
  public static boolean present(Class<?> owner, String resource) {
    return owner.getResource(resource) != null;
  }

  /**
   * The checkpoint, with all tensors in memory.
   *
   * @param owner a class of the module that has the resource
   * @param resource absolute name of the resource
   * @throws FiduciaException if it is missing, damaged, or cannot be unpacked
   */
  public static Checkpoint read(Class<?> owner, String resource) {
    try (InputStream in = owner.getResourceAsStream(resource)) {
      if (in == null) {
        throw FiduciaException.internal("the shipped weights are missing", resource, "",
            "build the program again");
      }
      // The reader maps files into memory, so that it cannot read a stream.
      Path copy = Files.createTempFile("fiducia-weights", ".safetensors");
      try {
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        Checkpoint read = CheckpointReader.read(copy);
        Map<String, StoredTensor> held = new LinkedHashMap<>();
        read.tensors().forEach(
            (name, t) -> held.put(name, StoredTensor.of(t.dtype(), t.shape(), t.bytes())));
        Map<String, String> about = new LinkedHashMap<>();
        read.metadata().forEach((key, value) -> about.put(key, String.valueOf(value)));
        return new Checkpoint(Path.of(resource), held, about, read.root());
      } finally {
        Files.deleteIfExists(copy);
      }
    } catch (IOException e) {
      throw FiduciaException.outOfResources("the shipped weights cannot be unpacked", resource,
          String.valueOf(e.getMessage()), "make room in the folder for temporary files", e);
    }
  }
}
