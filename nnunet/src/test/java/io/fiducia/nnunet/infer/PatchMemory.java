package io.fiducia.nnunet.infer;

import io.fiducia.nnunet.network.UNet;
import io.fiducia.nnunet.plan.Architecture;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchRuntime;
import io.fiducia.torch.TorchScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/**
 * Prints the bytes of memory that one patch takes in a network, as the Linux kernel counts them. A
 * program, since a fresh process has no free memory that the patch could use unseen. Arguments: voxels
 * per side, features of the first stage, outputs.
 */
public final class PatchMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path RESET = Path.of("/proc/self/clear_refs");

  private PatchMemory() {}

  /** Whether the kernel tells a process's peak. */
  static boolean measurable() {
    return Files.isReadable(STATUS) && Files.isWritable(RESET);
  }

  /** Two stages, whose first one decides. */
  static Architecture architecture(int features) {
    return new Architecture("x.PlainConvUNet", List.of(features, features),
        Collections.nCopies(2, List.of(3, 3, 3)), List.of(List.of(1, 1, 1), List.of(2, 2, 2)),
        Collections.nCopies(2, 2), Collections.nCopies(1, 2), true);
  }

  /** Prints the number. */
  public static void main(String[] args) throws IOException {
    int side = Integer.parseInt(args[0]);
    TorchRuntime.setThreads(2);
    try (
        UNet network = UNet.create(architecture(Integer.parseInt(args[1])), 1,
            Integer.parseInt(args[2]), Device.CPU, 1);
        TorchScope scope = TorchScope.open("memory");
        Autograd.Guard off = Autograd.noGrad()) {
      // Whatever libtorch allocates once is there after a first, small patch.
      network.forward(Tensor.zeros(Device.CPU, 1, 1, 8, 8, 8), false);
      Tensor patch = Tensor.zeros(Device.CPU, 1, 1, side, side, side);
      Files.writeString(RESET, "5");
      long before = kilobytes("VmRSS:");
      network.forward(patch, false);
      System.out.println((kilobytes("VmHWM:") - before) << 10);
    }
  }

  private static long kilobytes(String key) throws IOException {
    return Files.readAllLines(STATUS).stream().filter(l -> l.startsWith(key))
        .map(l -> Long.parseLong(l.replaceAll("\\D", ""))).findFirst().orElseThrow();
  }
}
