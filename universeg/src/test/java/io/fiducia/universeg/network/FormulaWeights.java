package io.fiducia.universeg.network;

import io.fiducia.torch.checkpoint.StoredTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The weights of the specification's fixtures ("Model fixtures"): names sorted; tensor i, element j: b =
 * sin(0.37 j + i); two or more axes: b sqrt(3 shape0 / count); one axis and a name ending in .weight: 1 +
 * 0.1 b; other one-axis tensors: 0.1 b.
 */
public final class FormulaWeights {
  private FormulaWeights() {}

  /** Weights of a network's names and shapes. */
  public static Map<String, StoredTensor> of(Map<String, long[]> shapes) {
    Map<String, StoredTensor> out = new LinkedHashMap<>();
    int i = 0;
    for (String name : shapes.keySet().stream().sorted().toList()) {
      long[] shape = shapes.get(name);
      int count = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
      float[] values = new float[count];
      for (int j = 0; j < count; j++) {
        double b = Math.sin(0.37 * j + i);
        values[j] = (float) (shape.length > 1
            ? b * Math.sqrt(3.0 * shape[0] / count)
            : name.endsWith(".weight") ? 1 + 0.1 * b : 0.1 * b);
      }
      out.put(name, StoredTensor.ofFloats(values, shape));
      i++;
    }
    return out;
  }

  /** The weights of a network. */
  public static Map<String, StoredTensor> of(InContextNetwork network) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    network.state().forEach((name, t) -> shapes.put(name, t.shape()));
    return of(shapes);
  }
}
