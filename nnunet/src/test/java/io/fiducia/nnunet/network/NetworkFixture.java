package io.fiducia.nnunet.network;

import io.fiducia.nnunet.plan.Architecture;
import io.fiducia.torch.Device;
import io.fiducia.torch.NamedTensor;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Networks, inputs and targets given by formulas, so that the same ones were made in Python with
 * dynamic-network-architectures 0.4 and torch 2.10. Element i of parameter k (from 0, in the order
 * of parameters()): u = ((7919 i + 104729 (k+1)) mod 1009) / 1009 − 0.5; weights of convolutions
 * 2u √(6/fan-in), scales 1 + 0.4u, biases 0.2u. Input: ((6151 i + 17) mod 997) / 997 · 4 − 2.
 * Target: ⌊i/5⌋ · 31 mod 101 mod classes.
 */
public final class NetworkFixture {
  private NetworkFixture() {}

  /** Three stages of 4, 8, 12 features, anisotropic in 3D; two input and three output channels. */
  public static UNet network(int dimensions, boolean residual) {
    boolean three = dimensions == 3;
    Architecture a = new Architecture(
        residual ? "x.ResidualEncoderUNet" : "x.PlainConvUNet", List.of(4, 8, 12),
        three
            ? List.of(List.of(1, 3, 3), List.of(3, 3, 3), List.of(3, 3, 3))
            : List.of(List.of(3, 3), List.of(3, 3), List.of(3, 3)),
        three
            ? List.of(List.of(1, 1, 1), List.of(1, 2, 2), List.of(2, 2, 2))
            : List.of(List.of(1, 1), List.of(2, 2), List.of(2, 2)),
        residual ? List.of(1, 2, 2) : List.of(2, 2, 2), residual ? List.of(1, 1) : List.of(2, 2),
        true);
    UNet net = UNet.create(a, 2, 3, Device.CPU, 1);
    net.load(formula(net)).requireComplete("formula", "");
    return net;
  }

  private static Map<String, StoredTensor> formula(UNet net) {
    Map<String, StoredTensor> out = new LinkedHashMap<>();
    net.state().keySet().forEach(name -> out.put(name, StoredTensor.ofFloats(new float[0], 0)));
    Map<Tensor, StoredTensor> values = new LinkedHashMap<>();
    List<NamedTensor> parameters = net.parameters();
    for (int k = 0; k < parameters.size(); k++) {
      NamedTensor p = parameters.get(k);
      values.put(p.tensor(), formula(p.name(), k, p.tensor().shape()));
    }
    net.state().forEach((name, t) -> out.put(name, values.get(t)));
    return out;
  }

  private static StoredTensor formula(String name, int k, long[] shape) {
    float[] v = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    double fanIn = Arrays.stream(shape).skip(1).reduce(1, (a, b) -> a * b);
    for (int i = 0; i < v.length; i++) {
      double u = (i * 7919L + (k + 1) * 104729L) % 1009 / 1009.0 - 0.5;
      v[i] = (float) (shape.length > 1
          ? u * 2 * Math.sqrt(6 / fanIn)
          : name.endsWith("weight") ? 1 + 0.4 * u : 0.2 * u);
    }
    return StoredTensor.ofFloats(v, shape);
  }

  public static Tensor input(long... shape) {
    float[] v = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < v.length; i++) {
      v[i] = (float) ((i * 6151L + 17) % 997 / 997.0 * 4 - 2);
    }
    return Tensor.of(v, Device.CPU, shape);
  }

  public static Tensor target(int classes, long... shape) {
    long[] v = new long[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < v.length; i++) {
      v[i] = i / 5 * 31L % 101 % classes;
    }
    return Tensor.ofLongs(v, Device.CPU, shape);
  }
}
