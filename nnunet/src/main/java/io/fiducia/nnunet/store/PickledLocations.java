package io.fiducia.nnunet.store;

import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.cases.ClassLocations;
import io.fiducia.torch.checkpoint.NumpyArray;
import io.fiducia.torch.checkpoint.PickleReader;
import io.fiducia.torch.checkpoint.StoredType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads {@code class_locations} out of the pickle that nnU-Net keeps beside a preprocessed case. */
final class PickledLocations {
  private PickledLocations() {}

  static ClassLocations read(Path file) {
    Object found = properties(file).get("class_locations");
    if (found == null) {
      return ClassLocations.none();
    }
    if (!(found instanceof Map<?, ?> classes)) {
      throw bad(file, "expected class_locations to be a dictionary");
    }
    List<ClassLocations.Entry> entries = new ArrayList<>();
    classes.forEach((key, value) -> {
      boolean region = key instanceof List<?>;
      List<Integer> labels = new ArrayList<>();
      for (Object label : key instanceof List<?> list ? list : List.of(key)) {
        if (!(label instanceof Long number) || number < -1 || number > Short.MAX_VALUE) {
          throw bad(file, "expected labels as keys of class_locations, found " + key);
        }
        labels.add(number.intValue());
      }
      entries.add(new ClassLocations.Entry(labels, region, zyx(file, value)));
    });
    return new ClassLocations(entries);
  }

  /** The dictionary of properties that a pickle holds. */
  static Map<?, ?> properties(Path file) {
    if (PickleReader.read(file) instanceof Map<?, ?> properties) {
      return properties;
    }
    throw bad(file, "expected a dictionary of properties");
  }

  private static int[] zyx(Path file, Object value) {
    if (value instanceof List<?> list && list.isEmpty()) {
      return new int[0];
    }
    boolean rows = value instanceof NumpyArray array && array.values().dtype() == StoredType.INT64
        && array.values().shape().length == 2 && array.values().shape()[1] == 4;
    if (!rows) {
      throw bad(file, "expected int64 rows (channel, z, y, x) in class_locations, found " + value);
    }
    long[] values = ((NumpyArray) value).values().toLongs();
    int[] zyx = new int[values.length / 4 * 3];
    for (int i = 0; i < values.length; i++) {
      if (i % 4 != 0) {
        zyx[i / 4 * 3 + i % 4 - 1] = Math.toIntExact(values[i]);
      }
    }
    return zyx;
  }

  static FiduciaException bad(Path file, String why) {
    return FiduciaException.badInput(
        "the pickle holds no properties of a preprocessed case", file, why, "preprocess again");
  }
}
