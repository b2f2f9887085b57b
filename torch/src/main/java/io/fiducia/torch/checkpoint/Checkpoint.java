package io.fiducia.torch.checkpoint;

import io.fiducia.base.FiduciaException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A checkpoint file's content: a tree of maps, lists, tensors and plain values.
 *
 * <p>
 * Values are {@code LinkedHashMap<Object, Object>} (dict), {@link OrderedState}, {@code List},
 * {@link PyTuple}, {@code Set}, {@link StoredTensor}, {@link NumpyArray}, String, Long, BigInteger,
 * Double, Boolean, {@link PyNone}, {@link PyComplex}, {@link PyDevice}, {@link StoredType} and byte[].
 * numpy's scalars become Long, Double, Boolean or PyComplex.
 */
public final class Checkpoint {
  static final int MAX_DEPTH = 200;
  private static final int MAX_PATH = 4096;
  private static final long MAX_PATH_TOTAL = 32L << 20;

  private final Path file;
  private final String format;
  private final Object root;
  private final Listing<StoredTensor> tensors = new Listing<>();
  private final Listing<Object> metadata = new Listing<>();
  private final Set<Object> onPath = Collections.newSetFromMap(new IdentityHashMap<>());
  private long pathTotal;
  private long tensorBytes;

  Checkpoint(Path file, String format, Object root, long fileBytes) {
    this.file = file;
    this.format = format;
    this.root = root;
    walk("", root, 0, true);
    // The same bytes may be listed under several names, but not so often that a small file costs
    // hours to show.
    if (tensorBytes / 64 > fileBytes + (1L << 24)) {
      throw Refusal.of(file, "", "its tensors repeat " + fileBytes + " bytes into " + tensorBytes);
    }
  }

  Checkpoint(
      Path file,
      Map<String, StoredTensor> tensors,
      Map<String, String> metadata,
      Object root) {
    this.file = file;
    this.format = "safetensors";
    this.root = root;
    this.tensors.values.putAll(tensors);
    this.metadata.values.putAll(metadata);
  }

  /** The file it was read from. */
  public Path file() {
    return file;
  }

  /** "pth-zip", "pth-legacy" or "safetensors". */
  public String format() {
    return format;
  }

  /** The tree; see the class description for the kinds of value. */
  public Object root() {
    return root;
  }

  /**
   * Every tensor by its path joined with dots, in file order; list positions are numbers. Should
   * two paths read the same, the later one gets "#2" appended.
   */
  public LinkedHashMap<String, StoredTensor> tensors() {
    return new LinkedHashMap<>(tensors.values);
  }

  /** Every other value by its path, empty containers among them. */
  public LinkedHashMap<String, Object> metadata() {
    return new LinkedHashMap<>(metadata.values);
  }

  /** The value under these keys, one per level; a list takes positions as numbers. */
  public Optional<Object> value(Object... keys) {
    Object at = root;
    for (Object key : keys) {
      Object wanted = key instanceof Integer i ? (Object) i.longValue() : key;
      if (at instanceof Map<?, ?> map && map.containsKey(wanted)) {
        at = map.get(wanted);
      } else if (at instanceof List<?> list && wanted instanceof Long i && i >= 0
          && i < list.size()) {
        at = list.get(i.intValue());
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(at);
  }

  /**
   * The state dict under these keys (none: the root): tensors by their key, other entries left out.
   *
   * @throws FiduciaException if there is no dictionary there
   */
  public LinkedHashMap<String, StoredTensor> stateDict(Object... keys) {
    if (!(value(keys).orElse(PyNone.NONE) instanceof Map<?, ?> map)) {
      throw FiduciaException.badInput(
          "the checkpoint has no such weights",
          file + ", "
              + String.join(".", java.util.Arrays.stream(keys).map(String::valueOf).toList()),
          "a dictionary of tensors is needed there",
          "list the content with 'fiducia checkpoint show'");
    }
    LinkedHashMap<String, StoredTensor> state = new LinkedHashMap<>();
    map.forEach((key, value) -> {
      if (value instanceof StoredTensor tensor) {
        state.put(String.valueOf(key), tensor);
      }
    });
    return state;
  }

  private void walk(String path, Object value, int depth, boolean listed) {
    pathTotal += path.length() + 1L;
    if (depth > MAX_DEPTH || path.length() > MAX_PATH || pathTotal > MAX_PATH_TOTAL) {
      throw Refusal.of(
          file,
          "value " + Refusal.quote(path),
          depth > MAX_DEPTH
              ? "values are nested deeper than " + MAX_DEPTH
              : "the paths of its values are too long or too many");
    }
    switch (value) {
      case StoredTensor tensor -> {
        if (listed) {
          tensorBytes = Math.addExact(tensorBytes, tensor.byteSize());
          tensors.put(path, tensor);
        }
      }
      case Map<?, ?> map -> {
        enter(path, map);
        map.forEach((k, v) -> walk(join(path, k), v, depth + 1, listed));
        if (map instanceof OrderedState state) {
          state.attributes().forEach((k, v) -> walk(join(path, k), v, depth + 1, false));
        }
        leave(path, map, map.isEmpty(), listed);
      }
      case Collection<?> many -> {
        enter(path, many);
        if (many instanceof List<?> list) {
          for (int i = 0; i < list.size(); i++) {
            walk(join(path, i), list.get(i), depth + 1, listed);
          }
          leave(path, many, many.isEmpty(), listed);
        } else {
          leave(path, many, true, listed);
        }
      }
      default -> {
        if (!isPlain(value)) {
          throw Refusal.of(
              file,
              "value " + Refusal.quote(path),
              "it is a part of Python's machinery, not data");
        }
        if (listed) {
          metadata.put(path, value);
        }
      }
    }
  }

  private static boolean isPlain(Object value) {
    return value instanceof String || value instanceof Long || value instanceof Double
        || value instanceof Boolean || value instanceof BigInteger || value == PyNone.NONE
        || value instanceof PyComplex || value instanceof PyDevice || value instanceof StoredType
        || value instanceof byte[] || value instanceof NumpyArray array && array.isComplete();
  }

  private void enter(String path, Object container) {
    if (!onPath.add(container)) {
      throw Refusal.of(file, "value " + Refusal.quote(path), "a container holds itself");
    }
  }

  private void leave(String path, Object container, boolean isLeaf, boolean listed) {
    onPath.remove(container);
    if (isLeaf && listed) {
      metadata.put(path, container);
    }
  }

  private static String join(String path, Object key) {
    String name = key instanceof String s ? s : String.valueOf(key);
    return path.isEmpty() ? name : path + "." + name;
  }

  /** Values by path, in file order; equal paths get numbers. */
  private static final class Listing<T> {
    private final LinkedHashMap<String, T> values = new LinkedHashMap<>();
    /** The last "#n" of each path that occurs more than once. */
    private final Map<String, Integer> lastNumbers = new HashMap<>();

    void put(String path, T value) {
      String name = path;
      if (values.containsKey(path)) {
        // From the last number on: counting from 2 each time, equal paths would cost the square of
        // their number, and a small file can have very many.
        int n = lastNumbers.getOrDefault(path, 1);
        do {
          n++;
          name = path + "#" + n;
        } while (values.containsKey(name));
        lastNumbers.put(path, n);
      }
      values.put(name, value);
    }
  }
}
