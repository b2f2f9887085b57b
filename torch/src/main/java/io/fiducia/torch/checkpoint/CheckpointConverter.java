package io.fiducia.torch.checkpoint;

import io.fiducia.base.FiduciaException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Converts checkpoints between torch's zip format and safetensors. */
public final class CheckpointConverter {
  /** The entry of {@code __metadata__} that holds the tree around the tensors. */
  static final String TREE = "fiducia.tree";

  private CheckpointConverter() {}

  /**
   * What a conversion did.
   *
   * @param tensors how many tensors were written
   * @param lost what the new file cannot say, one sentence each; empty if nothing was lost
   */
  public record Report(int tensors, List<String> lost) {
    /** Copies the list. */
    public Report {
      lost = List.copyOf(lost);
    }
  }

  /**
   * Converts by the ending of {@code out}: .pth and .pt give torch's zip format, .safetensors that.
   * In safetensors every value that is not a tensor stands in {@code __metadata__} under its path as
   * JSON text, and the whole tree under "fiducia.tree", from which converting back restores it.
   *
   * @throws FiduciaException if {@code in} is refused, {@code out} has another ending, or it
   *     cannot be written
   */
  public static Report convert(Path in, Path out) {
    String name = String.valueOf(out.getFileName()).toLowerCase(Locale.ROOT);
    boolean toPth = name.endsWith(".pth") || name.endsWith(".pt");
    if (!toPth && !name.endsWith(".safetensors")) {
      throw FiduciaException.badInput(
          "cannot tell the format to write",
          out.toString(),
          "the name ends neither in .pth or .pt nor in .safetensors",
          "give the output one of these endings");
    }
    Checkpoint checkpoint = CheckpointReader.read(in);
    return toPth ? toPth(checkpoint, out) : toSafetensors(checkpoint, out);
  }

  private static Report toPth(Checkpoint checkpoint, Path out) {
    List<String> lost = new ArrayList<>();
    Object root = checkpoint.root();
    int tensors = checkpoint.tensors().size();
    if (checkpoint.format().equals("safetensors")) {
      Map<String, Object> metadata = checkpoint.metadata();
      Optional<Object> tree = Optional.ofNullable(metadata.get(TREE))
          .flatMap(json -> ValueJson.read((String) json, checkpoint.tensors()))
          .filter(t -> countTensors(t) == tensors);
      if (tree.isPresent()) {
        root = tree.get();
      } else if (!metadata.isEmpty()) {
        lost.add(
            "the " + metadata.size() + " text entries of __metadata__ are left out, so that the"
                + " file is a plain state dict");
      }
    } else {
      checkpoint.metadata().forEach((path, value) -> {
        if (value instanceof NumpyArray) {
          lost.add("the numpy array " + path + " becomes a tensor");
        }
      });
    }
    CheckpointWriter.writePth(out, root);
    return new Report(tensors, lost);
  }

  private static int countTensors(Object value) {
    if (value instanceof StoredTensor) {
      return 1;
    }
    return children(value).stream().mapToInt(CheckpointConverter::countTensors).sum();
  }

  private static Report toSafetensors(Checkpoint checkpoint, Path out) {
    if (checkpoint.format().equals("safetensors")) {
      Map<String, String> texts = new LinkedHashMap<>();
      checkpoint.metadata().forEach((k, v) -> texts.put(k, (String) v));
      SafetensorsWriter.write(out, checkpoint.tensors(), texts);
      return new Report(checkpoint.tensors().size(), List.of());
    }
    List<String> lost = new ArrayList<>();
    LinkedHashMap<String, StoredTensor> tensors = new LinkedHashMap<>();
    LinkedHashMap<String, Object> plain = checkpoint.metadata();
    List<String> names = new ArrayList<>();
    names(checkpoint, tensors, names, lost);
    Map<String, String> metadata = new LinkedHashMap<>();
    plain.forEach((path, value) -> {
      if (!(value instanceof NumpyArray)) {
        metadata.put(path, ValueJson.write(value, names.iterator()));
      }
    });
    metadata.put(TREE, ValueJson.write(checkpoint.root(), names.iterator()));
    if (hasAliases(tensors.values())) {
      lost.add("tensors that shared their bytes are stored once for each name");
    }
    if (hasAttributes(checkpoint.root())) {
      lost.add("attributes of ordered dictionaries (torch's _metadata) are left out");
    }
    SafetensorsWriter.write(out, tensors, metadata);
    return new Report(tensors.size(), lost);
  }

  /** Names every tensor and numpy array in the order of the tree, which JSON then follows. */
  private static void names(
      Checkpoint checkpoint,
      Map<String, StoredTensor> tensors,
      List<String> names,
      List<String> lost) {
    collect(checkpoint.root(), "", (path, value) -> {
      String name = path;
      for (int n = 2; tensors.containsKey(name); n++) {
        name = path + "#" + n;
      }
      names.add(name);
      if (value instanceof NumpyArray array) {
        lost.add("the numpy array " + path + " becomes a tensor");
        tensors.put(name, array.values());
      } else {
        tensors.put(name, (StoredTensor) value);
      }
    });
  }

  private static void collect(
      Object value, String path, BiConsumer<String, Object> found) {
    String prefix = path.isEmpty() ? "" : path + ".";
    if (value instanceof StoredTensor || value instanceof NumpyArray) {
      found.accept(path, value);
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((k, v) -> collect(v, prefix + k, found));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        collect(list.get(i), prefix + i, found);
      }
    }
  }

  private static boolean hasAliases(Collection<StoredTensor> tensors) {
    return tensors.stream().map(StoredTensor::sharingKey).distinct().count() < tensors.size();
  }

  private static boolean hasAttributes(Object value) {
    if (value instanceof OrderedState state && !state.attributes().isEmpty()) {
      return true;
    }
    return children(value).stream().anyMatch(CheckpointConverter::hasAttributes);
  }

  private static Collection<?> children(Object value) {
    return value instanceof Map<?, ?> map
        ? map.values()
        : value instanceof Collection<?> many ? many : List.of();
  }
}
