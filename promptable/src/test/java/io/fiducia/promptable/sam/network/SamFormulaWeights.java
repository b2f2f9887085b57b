package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Tensor;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The weights of the specification's fixtures ("Model fixtures"): names sorted; tensor i, element j: b =
 * sin(0.37 j + i); two or more axes: b sqrt(3 shape0 / count); one axis and a name ending in .weight: 1 + 0.1 b;
 * other one-axis tensors: 0.1 b. For batch normalisation, which the specification does not mention: running_var
 * 1 + 0.1 b, num_batches_tracked 0. src/test/peer/sam_reference.py has the same.
 */
public final class SamFormulaWeights {
  private SamFormulaWeights() {}

  /** Weights of a network of this shape. */
  public static Map<String, StoredTensor> of(SamNetwork network) {
    Map<String, Tensor> state = network.state();
    Map<String, StoredTensor> out = new LinkedHashMap<>();
    int i = 0;
    for (String name : state.keySet().stream().sorted().toList()) {
      long[] shape = state.get(name).shape();
      out.put(name, shape.length == 0
          ? StoredTensor.ofLongs(new long[1])
          : StoredTensor.ofFloats(values(name, i, shape), shape));
      i++;
    }
    return out;
  }

  private static float[] values(String name, int i, long[] shape) {
    int count = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
    float[] values = new float[count];
    for (int j = 0; j < count; j++) {
      double b = Math.sin(0.37 * j + i);
      values[j] = (float) (shape.length > 1
          ? b * Math.sqrt(3.0 * shape[0] / count)
          : name.endsWith(".weight") || name.endsWith(".running_var") ? 1 + 0.1 * b : 0.1 * b);
    }
    return values;
  }
}
