package io.fiducia.app.commands;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.app.cli.LaunchTable;
import io.fiducia.app.cli.NativeLibraries;
import io.fiducia.app.cli.NvidiaDriver;
import io.fiducia.app.cli.Version;
import io.fiducia.base.AvailableMemory;
import io.fiducia.base.FiduciaException;
import io.fiducia.torch.Device;
import io.fiducia.torch.TorchRuntime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;

/** Looks at the machine and reports what works, what is missing, and what to do about it. */
@Command(name = "doctor", description = {
  "Reports what works, what is missing and what to do about it, and the memory and collector",
  "options that each command is started with.",
  "Exit code 3 if something prevents the program from working."}, footer = {"", "Example:",
    "  fiducia doctor --json"})
public final class DoctorCommand extends FiduciaCommand {
  private static final long GIB = 1L << 30;
  private static final int PROBLEMS = 3;
  private static final List<String> FOLDERS = List.of(
      "nnUNet_raw", "nnUNet_preprocessed", "nnUNet_results");

  @Override
  protected int run(Context context) {
    List<Finding> findings = new ArrayList<>();
    findings.add(Finding.ok("fiducia", Version.text()));
    findings.add(java());
    findings.add(cores(context));
    findings.add(memory());
    findings.add(disk("disk here", Path.of("")));
    findings.add(disk("disk of libtorch's cache", NativeLibraries.cache()));
    findings.addAll(torch(context));
    findings.add(allocator(context.environment()));
    for (String name : FOLDERS) {
      findings.add(folder(name, context.environment().getOrDefault(name, "")));
    }
    findings.addAll(AnatomyFindings.of(context));
    Optional<LaunchTable> launch = LaunchTable.inForce();
    boolean works = findings.stream().noneMatch(f -> f.status() == Finding.Status.PROBLEM);
    if (context.json()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("works", works);
      document.put("findings", findings.stream().map(Finding::toJson).toList());
      launch.ifPresent(
          table -> document.put("launch",
              table.rows().stream().map(LaunchTable.Row::toJson).toList()));
      context.console().json(document);
    } else {
      print(context, findings);
      launch.ifPresent(table -> table.lines().forEach(context.console()::result));
      context.console().result(
          works ? "Everything needed works." : "Something needed is missing.");
    }
    return works ? 0 : PROBLEMS;
  }

  private static void print(Context context, List<Finding> findings) {
    for (Finding f : findings) {
      context.console().result(
          String.format(
              Locale.ROOT,
              "%-8s %-26s %s",
              f.status().name().toLowerCase(Locale.ROOT),
              f.name(),
              f.found()));
      if (!f.advice().isEmpty()) {
        context.console().result(" ".repeat(9) + "try: " + f.advice());
      }
    }
  }

  private static Finding java() {
    String found = Runtime.version() + " (" + System.getProperty("java.vendor") + ") in "
        + System.getProperty("java.home");
    return Finding.ok("java", found);
  }

  private static Finding cores(Context context) {
    int cores = Runtime.getRuntime().availableProcessors();
    return Finding.ok(
        "processor",
        cores + " cores, " + context.threads() + " used, " + System.getProperty("os.name") + " "
            + System.getProperty("os.arch"));
  }

  private static Finding memory() {
    double total = 0;
    if (ManagementFactory
        .getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
      total = (double) Math.min(system.getTotalMemorySize(), AvailableMemory.limit()) / GIB;
    }
    long available = AvailableMemory.bytes();
    String found = String.format(
        Locale.ROOT,
        "%.1f GiB%s%s, at most %.1f GiB for the Java heap",
        total,
        AvailableMemory.limit() == Long.MAX_VALUE ? "" : " (limit of a control group)",
        available == Long.MAX_VALUE
            ? ""
            : String.format(Locale.ROOT, ", %.1f GiB available", (double) available / GIB),
        (double) Runtime.getRuntime().maxMemory() / GIB);
    return total > 0 && total < 7.5
        ? Finding.warning("memory", found,
            "full-size 3D training wants 8 GiB or more; use smaller plans")
        : Finding.ok("memory", found);
  }

  private static Finding disk(String name, Path place) {
    Path existing = place.toAbsolutePath();
    while (existing.getParent() != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    try {
      FileStore store = Files.getFileStore(existing);
      double free = (double) store.getUsableSpace() / GIB;
      String found = String.format(
          Locale.ROOT, "%.1f GiB free at %s", free, place.toAbsolutePath());
      if (!Files.isWritable(existing)) {
        return Finding.warning(name, found + ", not writable", "work in a folder you may write to");
      }
      return free < 2
          ? Finding.warning(name, found, "free some space: preprocessed images need gigabytes")
          : Finding.ok(name, found);
    } catch (IOException e) {
      return Finding.warning(name, "cannot be examined: " + e.getMessage(), "check the disk");
    }
  }

  private static List<Finding> torch(Context context) {
    List<Finding> findings = new ArrayList<>();
    if (NativeLibraries.jars().isEmpty()) {
      findings.add(
          Finding.problem(
              "libtorch",
              "no libraries for this machine in the program",
              "build with -Dfiducia.platform=linux-x86_64, macosx-arm64 or windows-x86_64"));
      return findings;
    }
    try {
      long start = System.nanoTime();
      Device device = context.torchDevice();
      double seconds = (System.nanoTime() - start) / 1e9;
      findings.add(
          Finding.ok(
              "libtorch",
              String.format(
                  Locale.ROOT, "%s, loaded in %.1f s", TorchRuntime.version(), seconds)));
      findings.add(gpu(device));
    } catch (FiduciaException | LinkageError e) {
      if (e instanceof FiduciaException asked && asked.kind() == FiduciaException.Kind.USAGE) {
        throw asked;
      }
      findings.add(
          Finding.problem(
              "libtorch",
              "cannot be loaded: " + e.getMessage(),
              "delete " + NativeLibraries.cache() + " and run this again; glibc 2.28 or newer is"
                  + " needed on Linux"));
    }
    return findings;
  }

  private static Finding gpu(Device device) {
    List<String> gpus = NvidiaDriver.gpus();
    if (Device.isCudaAvailable()) {
      return Finding.ok(
          "gpu", String.join("; ", gpus) + " usable; networks run on " + device);
    }
    if (!gpus.isEmpty()) {
      return Finding.warning(
          "gpu",
          String.join("; ", gpus) + " present, but this build is for the processor",
          "build with -Pcuda (docs/performance.md)");
    }
    return Finding.ok("gpu", "none; networks run on the processor");
  }

  private static Finding allocator(Map<String, String> environment) {
    boolean glibc = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
    if (!glibc || environment.containsKey("MALLOC_TRIM_THRESHOLD_")) {
      return Finding.ok("memory allocator", glibc ? "tuned by the launcher" : "the system's own");
    }
    return Finding.warning(
        "memory allocator", "not tuned: training is slower", "start with ./fiducia");
  }

  private static Finding folder(String name, String value) {
    if (value.isEmpty()) {
      String option = "--" + name.substring(name.indexOf('_') + 1);
      return Finding.warning(
          name, "not set", "set it for the nnunet commands, or give " + option);
    }
    try {
      Path path = Path.of(value);
      if (!Files.isDirectory(path)) {
        return Finding.warning(name, value + " is no folder", "make it, or correct the variable");
      }
      if (!Files.isReadable(path)) {
        return Finding.warning(name, value + " cannot be read", "check who may read it");
      }
      boolean writes = Files.isWritable(path);
      return writes || name.equals("nnUNet_raw")
          ? Finding.ok(name, value + (writes ? "" : " (read only)"))
          : Finding.warning(name, value + " cannot be written", "check who may write to it");
    } catch (InvalidPathException e) {
      return Finding.warning(name, "is no path: " + e.getReason(), "correct the variable");
    }
  }
}
