package io.fiducia.bench.jmh;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TensorOwner;
import io.fiducia.torch.TorchScope;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.network.NetworkShape;
import io.fiducia.universeg.network.Support;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One target slice of 128x128 pixels after the example of support slices, in UniverSeg. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 3)
public class InContextOperations {
  private static final int SIDE = NetworkShape.SIDE;

  /** Features of every layer: the released network has 64. */
  @Param("64")
  public int width;

  /** Number of support slices. */
  @Param({"4", "16", "64"})
  public int supports;

  private InContextNetwork network;
  private TensorOwner owner;
  private Tensor slices;
  private Tensor target;
  private Support prepared;

  /** Makes a network with random weights, and slices. */
  @Setup
  public void make() {
    network = InContextNetwork.create(NetworkShape.universeg(width), Device.CPU, 1);
    owner = new TensorOwner("benchmark");
    float[] values = new float[supports * 2 * SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.abs(Math.sin(0.01 * i));
    }
    try (TorchScope scope = TorchScope.open("setup"); Autograd.Guard none = Autograd.noGrad()) {
      slices = owner.adopt(Tensor.of(values, Device.CPU, supports, 2, SIDE, SIDE));
      target = owner.adopt(slices.narrow(0, 0, 1).narrow(1, 0, 1).contiguous());
      prepared = network.support(slices);
      owner.adopt(prepared.prepared());
    }
  }

  /** Frees them. */
  @TearDown
  public void free() {
    owner.close();
    network.close();
  }

  /** The target and the support. */
  @Benchmark
  public float[] uncached() {
    try (TorchScope scope = TorchScope.open("benchmark");
        Autograd.Guard none = Autograd.noGrad()) {
      return network.forward(target, network.support(slices)).toFloats();
    }
  }

  /** The target alone; the support was prepared before. */
  @Benchmark
  public float[] cached() {
    try (TorchScope scope = TorchScope.open("benchmark");
        Autograd.Guard none = Autograd.noGrad()) {
      return network.forward(target, prepared).toFloats();
    }
  }
}
