package io.fiducia.torch.checkpoint;

import io.fiducia.base.FiduciaException;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes a tree of values as torch.save's protocol-2 pickle, and collects its storages. */
final class Pickler {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Map<String, Integer> memo = new HashMap<>();
  private final Map<StoredTensor.SharingKey, Integer> keys = new HashMap<>();
  private final List<StoredTensor> storages = new ArrayList<>();
  private final String file;

  Pickler(String file) {
    this.file = file;
  }

  /** The pickle; {@link #storages()} is filled with it. */
  byte[] pickle(Object root) {
    out.write(0x80);
    out.write(2);
    value(root, "", 0);
    out.write('.');
    return out.toByteArray();
  }

  /** One tensor per storage, in the order of their keys 0, 1, ... */
  List<StoredTensor> storages() {
    return storages;
  }

  private FiduciaException cannot(String path, String reason) {
    return FiduciaException.badInput(
        "cannot write the checkpoint", file + ", value " + path, reason, "leave the value out");
  }

  private void value(Object value, String path, int depth) {
    if (depth > Checkpoint.MAX_DEPTH) {
      throw cannot(path, "values are nested deeper than " + Checkpoint.MAX_DEPTH);
    }
    if (value == null || value == PyNone.NONE) {
      out.write('N');
    } else if (value instanceof Boolean b) {
      out.write(b ? 0x88 : 0x89);
    } else if (value instanceof Integer || value instanceof Long || value instanceof Short
        || value instanceof Byte) {
      integer(((Number) value).longValue());
    } else if (value instanceof BigInteger big) {
      big(big, path);
    } else if (value instanceof Double || value instanceof Float) {
      out.write('G');
      bigEndian(Double.doubleToRawLongBits(((Number) value).doubleValue()));
    } else if (value instanceof String s) {
      text(s);
    } else if (value instanceof StoredTensor tensor) {
      tensor(tensor);
    } else if (value instanceof NumpyArray array) {
      tensor(array.values());
    } else if (value instanceof OrderedState state) {
      ordered(state, path, depth);
    } else if (value instanceof Map<?, ?> map) {
      out.write('}');
      items(map, path, depth);
    } else if (value instanceof PyTuple tuple) {
      tuple(tuple, path, depth);
    } else if (value instanceof List<?> list) {
      out.write(']');
      elements(list, path, depth);
    } else if (value instanceof Set<?> set) {
      global("__builtin__", "set");
      out.write(']');
      elements(List.copyOf(set), path, depth);
      call(1);
    } else {
      rare(value, path);
    }
  }

  private void rare(Object value, String path) {
    if (value instanceof PyDevice device) {
      global("torch", "device");
      text(device.type());
      if (device.index().isPresent()) {
        integer(device.index().getAsInt());
      }
      call(device.index().isPresent() ? 2 : 1);
    } else if (value instanceof StoredType dtype) {
      global("torch", dtype.torchName());
    } else if (value instanceof PyComplex complex) {
      global("__builtin__", "complex");
      value(complex.real(), path, 0);
      value(complex.imaginary(), path, 0);
      call(2);
    } else if (value instanceof byte[] bytes) {
      global("_codecs", "encode");
      text(new String(bytes, StandardCharsets.ISO_8859_1));
      text("latin1");
      call(2);
    } else {
      throw cannot(path, "a " + value.getClass().getSimpleName() + " has no place in a checkpoint");
    }
  }

  private void ordered(OrderedState state, String path, int depth) {
    global("collections", "OrderedDict");
    out.write(')');
    out.write('R');
    items(state, path, depth);
    if (!state.attributes().isEmpty()) {
      out.write('}');
      items(state.attributes(), path, depth);
      out.write('b');
    }
  }

  private void items(Map<?, ?> map, String path, int depth) {
    if (map.isEmpty()) {
      return;
    }
    out.write('(');
    map.forEach((k, v) -> {
      String name = path.isEmpty() ? String.valueOf(k) : path + "." + k;
      value(k, name, depth + 1);
      value(v, name, depth + 1);
    });
    out.write('u');
  }

  private void elements(List<?> list, String path, int depth) {
    if (list.isEmpty()) {
      return;
    }
    out.write('(');
    for (int i = 0; i < list.size(); i++) {
      value(list.get(i), path + "." + i, depth + 1);
    }
    out.write('e');
  }

  private void tuple(List<?> values, String path, int depth) {
    if (values.isEmpty()) {
      out.write(')');
      return;
    }
    if (values.size() > 3) {
      out.write('(');
    }
    for (int i = 0; i < values.size(); i++) {
      value(values.get(i), path + "." + i, depth + 1);
    }
    out.write(values.size() > 3 ? 't' : 0x84 + values.size());
  }

  /** Calls the function below the last {@code arguments} values. */
  private void call(int arguments) {
    out.write(0x84 + arguments);
    out.write('R');
  }

  private void tensor(StoredTensor tensor) {
    int key = keys.computeIfAbsent(tensor.sharingKey(), k -> {
      storages.add(tensor);
      return storages.size() - 1;
    });
    boolean typed = !tensor.dtype().storageClass().isEmpty();
    global("torch._utils", typed ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3");
    out.write('(');
    out.write('(');
    text("storage");
    if (typed) {
      global("torch", tensor.dtype().storageClass());
    } else {
      global("torch.storage", "UntypedStorage");
    }
    text(Integer.toString(key));
    text("cpu");
    integer(typed ? tensor.count() : tensor.byteSize());
    out.write('t');
    out.write('Q');
    integer(0);
    long[] shape = tensor.shape();
    longs(shape);
    longs(StoredTensor.contiguousStrides(shape));
    out.write(0x89);
    global("collections", "OrderedDict");
    out.write(')');
    out.write('R');
    if (!typed) {
      global("torch", tensor.dtype().torchName());
    }
    out.write('t');
    out.write('R');
  }

  private void longs(long[] values) {
    List<Object> list = new ArrayList<>();
    for (long v : values) {
      list.add(v);
    }
    tuple(list, "", 0);
  }

  private void integer(long n) {
    if (n >= 0 && n < 256) {
      out.write('K');
      out.write((int) n);
    } else if (n >= 0 && n < 65536) {
      out.write('M');
      littleEndian(n, 2);
    } else if (n == (int) n) {
      out.write('J');
      littleEndian(n, 4);
    } else {
      big(BigInteger.valueOf(n), "");
    }
  }

  private void big(BigInteger n, String path) {
    byte[] bytes = n.toByteArray();
    if (bytes.length > 255) {
      throw cannot(path, "a number of " + bytes.length + " bytes");
    }
    out.write(0x8a);
    out.write(bytes.length);
    for (int i = bytes.length - 1; i >= 0; i--) {
      out.write(bytes[i]);
    }
  }

  private void text(String s) {
    if (recall("X" + s)) {
      return;
    }
    byte[] bytes = s.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    littleEndian(bytes.length, 4);
    out.writeBytes(bytes);
    remember("X" + s);
  }

  private void global(String module, String name) {
    String line = "c" + module + "\n" + name + "\n";
    if (!recall(line)) {
      out.writeBytes(line.getBytes(StandardCharsets.UTF_8));
      remember(line);
    }
  }

  private boolean recall(String what) {
    Integer index = memo.get(what);
    if (index == null) {
      return false;
    }
    out.write(index < 256 ? 'h' : 'j');
    littleEndian(index, index < 256 ? 1 : 4);
    return true;
  }

  private void remember(String what) {
    int index = memo.size();
    memo.put(what, index);
    out.write(index < 256 ? 'q' : 'r');
    littleEndian(index, index < 256 ? 1 : 4);
  }

  private void littleEndian(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (value >> 8 * i));
    }
  }

  private void bigEndian(long value) {
    for (int i = 7; i >= 0; i--) {
      out.write((int) (value >> 8 * i));
    }
  }
}
