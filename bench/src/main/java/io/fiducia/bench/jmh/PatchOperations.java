package io.fiducia.bench.jmh;

import io.fiducia.nnunet.network.UNet;
import io.fiducia.nnunet.plan.Architecture;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchRuntime;
import io.fiducia.torch.TorchScope;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One patch of 64 voxels cubed through a network of five stages of 32 to 320 features, 25 classes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 5, time = 3)
public class PatchOperations {
  private static final int SIZE = 64;
  private static final int STAGES = 5;

  private UNet network;
  private float[] values;

  /** Makes the network, with the same weights every time. */
  @Setup
  public void make() {
    TorchRuntime.setThreads(Runtime.getRuntime().availableProcessors());
    Architecture architecture = new Architecture("x.PlainConvUNet", List.of(32, 64, 128, 256, 320),
        Collections.nCopies(STAGES, List.of(3, 3, 3)), List.of(List.of(1, 1, 1), List.of(2, 2, 2),
            List.of(2, 2, 2), List.of(2, 2, 2), List.of(2, 2, 2)),
        Collections.nCopies(STAGES, 2), Collections.nCopies(STAGES - 1, 2), true);
    network = UNet.create(architecture, 1, 25, Device.CPU, 1);
    values = new float[SIZE * SIZE * SIZE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((i * 6151L + 17) % 997 / 997.0 * 4 - 2);
    }
  }

  /** Frees the network. */
  @TearDown
  public void free() {
    network.close();
  }

  /** Runs the network forward, without gradients. */
  @Benchmark
  public float forward() {
    try (Autograd.Guard off = Autograd.noGrad(); TorchScope patch = TorchScope.open("patch")) {
      Tensor x = Tensor.of(values, Device.CPU, 1, 1, SIZE, SIZE, SIZE);
      return network.forward(x, false).get(0).toFloats()[0];
    }
  }
}
