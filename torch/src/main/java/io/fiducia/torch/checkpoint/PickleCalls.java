package io.fiducia.torch.checkpoint;

import io.fiducia.torch.checkpoint.PickleGlobals.Callable;
import io.fiducia.torch.checkpoint.PickleGlobals.StorageType;
import io.fiducia.torch.checkpoint.PickleMachine.Refused;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What the allowed names do when a pickle calls them: each builds one plain value. */
final class PickleCalls {
  private static final int MAX_AXES = 64;
  private static final long FREE_EXPANSION = 64L << 20;

  private final PickleMachine machine;
  private final PickleMachine.Storages storages;
  private final boolean bigEndian;

  PickleCalls(PickleMachine machine, PickleMachine.Storages storages, boolean bigEndian) {
    this.machine = machine;
    this.storages = storages;
    this.bigEndian = bigEndian;
  }

  /** A part of a storage, with the type of its elements unless it is untyped. */
  record TypedStorage(Storage storage, Optional<StoredType> dtype, long byteOffset, long bytes) {}

  /** A numpy type, whose byte order is set after its creation. */
  private static final class NumpyType {
    private final StoredType dtype;
    private boolean bigEndian;

    private NumpyType(StoredType dtype) {
      this.dtype = dtype;
    }
  }

  Object call(Object function, PyTuple args) {
    if (!(function instanceof Callable callable)) {
      throw new Refused("what is called is not a function");
    }
    return switch (callable) {
      case ORDERED_DICT -> orderedDict(args);
      case REBUILD_TENSOR_V2 -> tensor(args, 6, 7, Optional.empty());
      case REBUILD_TENSOR_V3 -> tensor(args, 7, 8, Optional.of(dtype(args, 6)));
      case REBUILD_PARAMETER -> parameter(args);
      case DEVICE -> device(args);
      case SIZE -> PyTuple.copyOf(args.isEmpty() ? PyTuple.of() : copied(args, 0));
      case NUMPY_DTYPE -> numpyType(args);
      case NUMPY_SCALAR -> numpyScalar(args);
      case NUMPY_RECONSTRUCT -> numpyReconstruct(args);
      case NUMPY_FROM_BUFFER -> numpyFromBuffer(args);
      case ENCODE -> encode(args);
      case SET, FROZENSET -> set(args);
      case COMPLEX -> complex(args);
      case BYTES, BYTEARRAY -> args.isEmpty() ? new byte[0] : bytes(args, 0);
      case NUMPY_NDARRAY -> throw new Refused("numpy.ndarray is not called by numpy's pickles");
    };
  }

  void build(Object target, Object state) {
    if (target instanceof NumpyType type) {
      buildType(type, state);
    } else if (target instanceof NumpyArray array) {
      buildArray(array, state);
    } else if (target instanceof OrderedState dict && state instanceof Map<?, ?> attributes) {
      machine.spend(attributes.size());
      dict.attributes().putAll(attributes);
    } else {
      throw new Refused(
          "it sets the inner state of a " + kind(target)
              + ", which plain data has none of; nothing was run");
    }
  }

  TypedStorage storage(Object id) {
    if (!(id instanceof PyTuple t && t.size() >= 5 && t.size() <= 6 && "storage".equals(t.get(0))
        && t.get(1) instanceof StorageType type && t.get(2) instanceof String key
        && t.get(4) instanceof Long elements)) {
      throw new Refused("a storage reference is not of torch's form");
    }
    if (elements < 0) {
      throw new Refused("storage " + Refusal.quote(key) + " has a negative size " + elements);
    }
    return storages.find(type, key, elements, t.size() == 6 ? t.get(5) : PyNone.NONE);
  }

  private Object arg(PyTuple args, int i) {
    if (i >= args.size()) {
      throw new Refused("a call has " + args.size() + " arguments, more are needed");
    }
    return args.get(i);
  }

  private long integer(Object value) {
    if (value instanceof Long n) {
      return n;
    }
    throw new Refused("a number is needed, found " + kind(value));
  }

  private static String kind(Object value) {
    return value.getClass().getSimpleName();
  }

  private String text(PyTuple args, int i) {
    if (arg(args, i) instanceof String s) {
      return s;
    }
    throw new Refused("text is needed, found " + kind(args.get(i)));
  }

  private byte[] bytes(PyTuple args, int i) {
    if (arg(args, i) instanceof byte[] b) {
      return b;
    }
    throw new Refused("bytes are needed, found " + kind(args.get(i)));
  }

  private StoredType dtype(PyTuple args, int i) {
    if (arg(args, i) instanceof StoredType type) {
      return type;
    }
    throw new Refused("a torch dtype is needed, found " + kind(args.get(i)));
  }

  private List<?> copied(PyTuple args, int i) {
    if (arg(args, i) instanceof List<?> list) {
      machine.spend(list.size());
      return list;
    }
    throw new Refused("a list is needed, found " + kind(args.get(i)));
  }

  private OrderedState orderedDict(PyTuple args) {
    OrderedState dict = new OrderedState();
    if (!args.isEmpty()) {
      for (Object pair : copied(args, 0)) {
        if (!(pair instanceof List<?> p && p.size() == 2)) {
          throw new Refused("an ordered dictionary is made from something that is not a pair");
        }
        dict.put(machine.key(p.get(0)), p.get(1));
      }
    }
    return dict;
  }

  private Set<Object> set(PyTuple args) {
    Set<Object> set = new LinkedHashSet<>();
    if (!args.isEmpty()) {
      copied(args, 0).forEach(v -> set.add(machine.key(v)));
    }
    return set;
  }

  private Object parameter(PyTuple args) {
    if (arg(args, 0) instanceof StoredTensor tensor) {
      return tensor;
    }
    throw new Refused("a parameter is made from a " + kind(args.get(0)) + ", not a tensor");
  }

  private PyDevice device(PyTuple args) {
    String type = text(args, 0);
    if (!type.matches("[a-z]{1,32}(:[0-9]{1,4})?") || args.size() > 2) {
      throw new Refused("device " + Refusal.quote(type) + " is not a device's name");
    }
    if (args.size() == 1) {
      int colon = type.indexOf(':');
      return colon < 0
          ? new PyDevice(type, OptionalInt.empty())
          : new PyDevice(
              type.substring(0, colon),
              OptionalInt.of(Integer.parseInt(type.substring(colon + 1))));
    }
    long index = integer(args.get(1));
    if (index < 0 || index > 9999) {
      throw new Refused("device number " + index);
    }
    return new PyDevice(type, OptionalInt.of((int) index));
  }

  private PyComplex complex(PyTuple args) {
    if (arg(args, 0) instanceof Number re && arg(args, 1) instanceof Number im) {
      return new PyComplex(re.doubleValue(), im.doubleValue());
    }
    throw new Refused("a complex number is made from something that is not a number");
  }

  private byte[] encode(PyTuple args) {
    String text = text(args, 0);
    machine.spendBytes(text.length());
    if (!text(args, 1).equals("latin1") || args.size() != 2) {
      throw new Refused("text encoded as " + Refusal.quote(args.get(1)) + "; numpy uses latin1");
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xff) {
        throw new Refused("text that is not latin1 is encoded as latin1");
      }
    }
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private long[] lengths(Object value, String what) {
    if (!(value instanceof PyTuple tuple)) {
      throw new Refused("a tensor's " + what + " is not a tuple");
    }
    if (tuple.size() > MAX_AXES) {
      throw new Refused("a tensor has " + tuple.size() + " axes, at most " + MAX_AXES);
    }
    long[] out = new long[tuple.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = integer(tuple.get(i));
      if (out[i] < 0) {
        throw new Refused("a tensor's " + what + " holds " + out[i]);
      }
    }
    return out;
  }

  private StoredTensor tensor(PyTuple args, int least, int most, Optional<StoredType> given) {
    if (args.size() < least || args.size() > most) {
      throw new Refused("a tensor is rebuilt from " + args.size() + " values");
    }
    if (!(args.get(0) instanceof TypedStorage source)) {
      throw new Refused("a tensor is rebuilt from a " + kind(args.get(0)) + ", not a storage");
    }
    if (!(args.get(5) instanceof Map<?, ?> hooks && hooks.isEmpty()
        || args.get(5) == PyNone.NONE)) {
      throw new Refused("a tensor has backward hooks, which are code; nothing was run");
    }
    if (args.size() == most
        && !(args.get(most - 1) == PyNone.NONE || args.get(most - 1) instanceof Map<?, ?> marks
            && marks.values().stream().allMatch(Boolean.FALSE::equals))) {
      throw new Refused("a tensor is marked as conjugated or negated, so its bytes are not it");
    }
    StoredType dtype = given.or(source::dtype).orElseThrow(
        () -> new Refused("a tensor of an untyped storage has no type"));
    long offset = integer(args.get(1));
    long[] shape = lengths(args.get(2), "shape");
    long[] strides = lengths(args.get(3), "strides");
    if (shape.length != strides.length) {
      throw new Refused(
          "a tensor has " + shape.length + " axes but " + strides.length + " strides");
    }
    try {
      long count = StoredTensor.countOf(shape);
      long bytes = Math.multiplyExact(count, dtype.bytes());
      long end = Math.addExact(offset, 1);
      for (int i = 0; i < shape.length; i++) {
        end = Math.addExact(end, Math.multiplyExact(Math.max(0, shape[i] - 1), strides[i]));
      }
      long have = source.bytes() / dtype.bytes();
      if (offset < 0 || offset > have || count > 0 && end > have) {
        throw new Refused(
            "a tensor reaches element " + end + " of a storage of " + have + " elements");
      }
      if (bytes > Math.max(source.bytes(), FREE_EXPANSION)) {
        throw new Refused(
            "a tensor repeats its " + source.bytes() + " stored bytes into " + bytes);
      }
      return new StoredTensor(
          dtype,
          shape,
          strides,
          source.storage(),
          source.byteOffset() + offset * dtype.bytes(),
          bigEndian);
    } catch (ArithmeticException e) {
      throw new Refused("a tensor's shape or strides are too large for any storage");
    }
  }

  private NumpyType numpyType(PyTuple args) {
    String code = text(args, 0);
    return new NumpyType(
        StoredType.ofNumpyCode(code).orElseThrow(
            () -> new Refused(
                "numpy type " + Refusal.quote(code) + " is not a plain number type")));
  }

  private void buildType(NumpyType type, Object state) {
    if (!(state instanceof PyTuple t && t.size() >= 2 && t.get(1) instanceof String order
        && t.subList(2, Math.min(5, t.size())).stream().allMatch(v -> v == PyNone.NONE))) {
      throw new Refused("a numpy type's state is not that of a plain number type");
    }
    switch (order) {
      case "<", "|", "=" -> type.bigEndian = false;
      case ">" -> type.bigEndian = true;
      default -> throw new Refused("numpy byte order " + Refusal.quote(order));
    }
  }

  private NumpyType numpyType(Object value) {
    if (value instanceof NumpyType type) {
      return type;
    }
    throw new Refused("a numpy type is needed, found " + kind(value));
  }

  private static StoredTensor numpyValues(NumpyType type, long[] shape, byte[] content) {
    return new StoredTensor(
        type.dtype,
        shape,
        StoredTensor.contiguousStrides(shape),
        new Storage.Heap(ByteBuffer.wrap(content)),
        0,
        type.bigEndian);
  }

  private Object numpyScalar(PyTuple args) {
    NumpyType type = numpyType(arg(args, 0));
    byte[] content = bytes(args, 1);
    if (content.length != type.dtype.bytes()) {
      throw new Refused(
          "a numpy " + type.dtype.torchName() + " of " + content.length + " bytes");
    }
    ByteBuffer in = numpyValues(type, new long[0], content).bytes();
    return switch (type.dtype) {
      case FLOAT64 -> in.getDouble(0);
      case FLOAT32 -> (double) in.getFloat(0);
      case FLOAT16 -> (double) Float.float16ToFloat(in.getShort(0));
      case BOOL -> in.get(0) != 0;
      case COMPLEX64 -> new PyComplex(in.getFloat(0), in.getFloat(4));
      case COMPLEX128 -> new PyComplex(in.getDouble(0), in.getDouble(8));
      case UINT64 -> unsigned(in.getLong(0));
      case INT64 -> in.getLong(0);
      case INT32 -> (long) in.getInt(0);
      case UINT32 -> Integer.toUnsignedLong(in.getInt(0));
      case INT16 -> (long) in.getShort(0);
      case UINT16 -> Short.toUnsignedLong(in.getShort(0));
      case INT8 -> (long) in.get(0);
      case UINT8 -> Byte.toUnsignedLong(in.get(0));
      case BFLOAT16, FLOAT8_E4M3FN, FLOAT8_E5M2 -> throw new Refused("numpy has no such type");
    };
  }

  private static Object unsigned(long bits) {
    return bits >= 0 ? (Object) bits : new BigInteger(Long.toUnsignedString(bits));
  }

  private NumpyArray numpyReconstruct(PyTuple args) {
    if (args.size() != 3 || args.get(0) != Callable.NUMPY_NDARRAY) {
      throw new Refused("an array of another class than numpy.ndarray");
    }
    return new NumpyArray();
  }

  private void buildArray(NumpyArray array, Object state) {
    if (!(state instanceof PyTuple t && t.size() == 5 && t.get(4) instanceof byte[] content
        && t.get(3) instanceof Boolean columnMajor) || array.isComplete()) {
      throw new Refused("a numpy array's state is not that of a plain array");
    }
    array.complete(arrayValues(numpyType(t.get(2)), t.get(1), content, columnMajor));
  }

  private NumpyArray numpyFromBuffer(PyTuple args) {
    NumpyArray array = new NumpyArray();
    array.complete(
        arrayValues(
            numpyType(arg(args, 1)), arg(args, 2), bytes(args, 0), text(args, 3).equals("F")));
    return array;
  }

  private StoredTensor arrayValues(
      NumpyType type, Object shapeValue, byte[] content, boolean columnMajor) {
    long[] shape = lengths(shapeValue, "shape");
    try {
      if (Math.multiplyExact(StoredTensor.countOf(shape), type.dtype.bytes()) != content.length) {
        throw new Refused("a numpy array's " + content.length + " bytes do not fill its shape");
      }
    } catch (ArithmeticException e) {
      throw new Refused("a numpy array's shape is too large for its bytes");
    }
    if (!columnMajor) {
      return numpyValues(type, shape, content);
    }
    long[] strides = new long[shape.length];
    long step = 1;
    for (int i = 0; i < shape.length; i++) {
      strides[i] = step;
      step *= Math.max(1, shape[i]);
    }
    return new StoredTensor(
        type.dtype, shape, strides, new Storage.Heap(ByteBuffer.wrap(content)), 0, type.bigEndian);
  }
}
