package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchRuntime;
import io.fiducia.torch.TorchScope;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Prints how long an encoder takes for one picture and the decoder for one click, to set beside
 * src/test/peer/sam_reference.py --time. Arguments: vit_b or vit_t, threads, repetitions.
 */
public final class EncoderTiming {
  private EncoderTiming() {}

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** Runs it. */
  public static void main(String[] args) {
    boolean tiny = args[0].equals("vit_t");
    TorchRuntime.setThreads(Integer.parseInt(args[1]));
    SamShape shape = SamShape.of(tiny ? TinyVitShape.mobile() : VitShape.base());
    try (SamNetwork net = SamNetwork.create(shape, Device.CPU, 1);
        Autograd.Guard none = Autograd.noGrad()) {
      for (int i = 0; i < Integer.parseInt(args[2]); i++) {
        try (TorchScope scope = TorchScope.open("timing")) {
          Tensor picture = Tensor.zeros(Device.CPU, 1, 3, 1024, 1024).add(.1);
          Duration cpu = cpu();
          long start = System.nanoTime();
          Tensor embedding = net.embed(picture);
          double embed = (System.nanoTime() - start) / 1e6;
          long cpuMs = cpu().minus(cpu).toMillis();
          double click = Double.MAX_VALUE;
          for (int k = 0; k < 5; k++) {
            start = System.nanoTime();
            net.masks(embedding, new SamPrompts(1, new float[]{500, 400}, new int[]{1},
                new float[0], Optional.empty()), 1, 3);
            click = Math.min(click, (System.nanoTime() - start) / 1e6);
          }
          System.out.println(
              String.format(Locale.ROOT, "encoder %.0f ms (processor %d ms), click %.1f ms",
                  embed, cpuMs, click));
        }
      }
    }
  }
}
