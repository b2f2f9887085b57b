package io.fiducia.app.commands;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.torch.checkpoint.Checkpoint;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.PyNone;
import io.fiducia.torch.checkpoint.StoredTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lists what a weights file holds; nothing in the file is run. */
@Command(name = "show", description = {"Lists the tensors and other values of a weights file.",
  "No code in the file is run."}, footer = {"", "Example:",
    "  fiducia checkpoint show checkpoint_final.pth --json"})
public final class CheckpointShowCommand extends FiduciaCommand {
  private static final int LONGEST_VALUE = 100;

  @Parameters(paramLabel = "FILE", description = "a .pth, .pt or .safetensors file")
  private Path file;

  @Override
  protected int run(Context context) {
    Checkpoint checkpoint = CheckpointReader.read(file);
    if (context.json()) {
      context.console().json(document(context, checkpoint));
    } else {
      print(context, checkpoint);
    }
    return 0;
  }

  private static Map<String, Object> document(Context context, Checkpoint checkpoint) {
    List<Map<String, Object>> tensors = new ArrayList<>();
    Map<String, StoredTensor> all = checkpoint.tensors();
    context.progress().started("hashing tensors", all.size(), "tensors");
    all.forEach((name, tensor) -> {
      context.cancellation().check("listing the checkpoint");
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", name);
      entry.put("dtype", tensor.dtype().torchName());
      entry.put("shape", Arrays.stream(tensor.shape()).boxed().toList());
      entry.put("sha256", tensor.sha256());
      tensors.add(entry);
      context.progress().advanced("hashing tensors", tensors.size(), "");
    });
    context.progress().finished("hashing tensors");
    Map<String, Object> metadata = new LinkedHashMap<>();
    checkpoint.metadata().forEach((path, value) -> metadata.put(path, plain(value)));
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("format", checkpoint.format());
    document.put("tensors", tensors);
    document.put("metadata", metadata);
    return document;
  }

  private static void print(Context context, Checkpoint checkpoint) {
    Map<String, StoredTensor> tensors = checkpoint.tensors();
    context.console().result("format   " + checkpoint.format());
    long numbers = tensors.values().stream().mapToLong(StoredTensor::count).sum();
    long bytes = tensors.values().stream().mapToLong(StoredTensor::byteSize).sum();
    context.console().result(
        String.format(
            Locale.ROOT,
            "tensors  %d with %,d numbers, %.1f MiB (names of one tensor counted each)",
            tensors.size(),
            numbers,
            bytes / 1048576.0));
    int width = Math.min(90, tensors.keySet().stream().mapToInt(String::length).max().orElse(0));
    tensors.forEach((name, tensor) -> context.console().result(
        String.format(
            Locale.ROOT,
            "  %-" + Math.max(1, width) + "s  %-9s %s",
            name,
            tensor.dtype().torchName(),
            Arrays.toString(tensor.shape()))));
    Map<String, Object> metadata = checkpoint.metadata();
    context.console().result("values   " + metadata.size());
    metadata.forEach((path, value) -> context.console().result(
        "  " + path + " = " + shortened(String.valueOf(plain(value)))));
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_VALUE
        ? text
        : text.substring(0, LONGEST_VALUE) + "… (" + text.length() + " characters)";
  }

  /** The value as JSON can say it; what it cannot say becomes text. */
  private static Object plain(Object value) {
    return switch (value) {
      case PyNone none -> null;
      // JSON has no word for these, and null would say that there is no value.
      case Double d when !Double.isFinite(d) -> d.toString();
      case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
      case Map<?, ?> map -> map.entrySet().stream()
          .collect(
              Collectors.toMap(
                  e -> String.valueOf(e.getKey()), e -> plain(e.getValue()), (a, b) -> b));
      case Collection<?> many -> many.stream().map(CheckpointShowCommand::plain).toList();
      case String s -> s;
      case Number n -> n;
      case Boolean b -> b;
      default -> value.toString();
    };
  }
}
