package io.fiducia.nnunet.infer;

import com.sun.management.OperatingSystemMXBean;
import io.fiducia.learn.window.Precision;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.nnunet.plan.Architecture;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.DType;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchRuntime;
import io.fiducia.torch.TorchScope;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;

/**
 * How long one patch of nnU-Net's standard 3D plan takes: 128 voxels cubed, six stages of 32 to 320
 * features, 25 classes. A program to run by hand with the launcher's allocator settings; {@code
 * src/test/peer/patch_time.py} does the same with nnunetv2's network. Arguments: precisions.
 */
public final class PatchTiming {
  private PatchTiming() {}

  /** Prints the seconds of three patches for each precision, and how far its logits are from fp32. */
  public static void main(String[] args) {
    TorchRuntime.setThreads(Runtime.getRuntime().availableProcessors());
    Architecture standard = new Architecture("x.PlainConvUNet",
        List.of(32, 64, 128, 256, 320, 320), Collections.nCopies(6, List.of(3, 3, 3)),
        List.of(List.of(1, 1, 1), List.of(2, 2, 2), List.of(2, 2, 2), List.of(2, 2, 2),
            List.of(2, 2, 2), List.of(2, 2, 2)),
        Collections.nCopies(6, 2), Collections.nCopies(5, 2), true);
    try (UNet network = UNet.create(standard, 1, 25, Device.CPU, 1);
        TorchScope scope = TorchScope.open("timing");
        Autograd.Guard off = Autograd.noGrad()) {
      float[] values = new float[128 * 128 * 128];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) ((i * 6151L + 17) % 997 / 997.0 * 4 - 2);
      }
      Tensor x = Tensor.of(values, Device.CPU, 1, 1, 128, 128, 128);
      float[] reference = {};
      for (String name : args.length == 0 ? new String[]{"FP32"} : args) {
        Precision precision = Precision.valueOf(name);
        try (Autograd.Guard guard = precision.guard(Device.CPU)) {
          for (int i = 0; i < 3; i++) {
            try (TorchScope step = TorchScope.open("patch")) {
              long start = System.nanoTime();
              long cpu = processorNanos();
              Tensor y = network.forward(precision.laidOut(x), false).get(0).to(DType.FLOAT32);
              double seconds = (System.nanoTime() - start) / 1e9;
              double processor = (processorNanos() - cpu) / 1e9;
              float[] logits = y.toFloats();
              reference = reference.length == 0 ? logits : reference;
              System.out.printf("%s %.2f s, %.2f s of processor time, differs by %.1e of the"
                  + " largest, %d MB resident%n", name, seconds, processor,
                  difference(logits, reference),
                  TorchRuntime.physicalBytes() >> 20);
            }
          }
        }
      }
    }
  }

  private static long processorNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static double difference(float[] a, float[] b) {
    double worst = 0;
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      worst = Math.max(worst, Math.abs(a[i] - b[i]));
      largest = Math.max(largest, Math.abs(b[i]));
    }
    return worst / largest;
  }
}
