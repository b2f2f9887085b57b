package io.fiducia.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Whether bfloat16 is worth computing in. */
public final class BFloat16 {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private BFloat16() {}

  /**
   * Whether the device has bfloat16 arithmetic of its own; others compute it by way of float32, which
   * takes longer than float32 itself. False where the processor does not say (other systems than
   * Linux on x86-64).
   */
  public static boolean isFast(Device device) {
    if (device.cuda()) {
      return true;
    }
    try {
      return Files.isReadable(CPU_INFO) && cpuHasIt(Files.readAllLines(CPU_INFO));
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether the lines of Linux's cpuinfo name an instruction set with bfloat16 products. */
  static boolean cpuHasIt(List<String> cpuInfo) {
    return cpuInfo.stream().filter(line -> line.startsWith("flags")).findFirst()
        .map(line -> Arrays.asList(line.toLowerCase(Locale.ROOT).split("\\s+")))
        .map(flags -> flags.contains("avx512_bf16") || flags.contains("amx_bf16")).orElse(false);
  }
}
