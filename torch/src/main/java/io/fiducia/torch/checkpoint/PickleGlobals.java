package io.fiducia.torch.checkpoint;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The names that a pickle may mention. Each stands for Java code here; no Python is ever run. */
final class PickleGlobals {
  private PickleGlobals() {}

  /** What a name stands for. */
  sealed interface Global permits Callable, StorageType, Constant {}

  /** Names that may be called (or be given as a class to a call). */
  enum Callable implements Global {
    ORDERED_DICT,
    REBUILD_TENSOR_V2,
    REBUILD_TENSOR_V3,
    REBUILD_PARAMETER,
    DEVICE,
    SIZE,
    NUMPY_SCALAR,
    NUMPY_RECONSTRUCT,
    NUMPY_FROM_BUFFER,
    NUMPY_DTYPE,
    NUMPY_NDARRAY,
    ENCODE,
    SET,
    FROZENSET,
    COMPLEX,
    BYTES,
    BYTEARRAY
  }

  /** A storage class; empty for torch's untyped storage, whose elements are bytes. */
  record StorageType(Optional<StoredType> dtype) implements Global {}

  /** A name that is itself a value. */
  record Constant(Object value) implements Global {}

  private static final Map<String, Global> ALLOWED = allowed();

  /** Looks a name up; empty means that it is refused. */
  static Optional<Global> find(String module, String name) {
    return Optional.ofNullable(ALLOWED.get(module + " " + name));
  }

  private static Map<String, Global> allowed() {
    Map<String, Global> all = new HashMap<>();
    all.put("collections OrderedDict", Callable.ORDERED_DICT);
    all.put("torch._utils _rebuild_tensor_v2", Callable.REBUILD_TENSOR_V2);
    all.put("torch._utils _rebuild_tensor_v3", Callable.REBUILD_TENSOR_V3);
    all.put("torch._utils _rebuild_parameter", Callable.REBUILD_PARAMETER);
    all.put("torch device", Callable.DEVICE);
    all.put("torch Size", Callable.SIZE);
    all.put("numpy dtype", Callable.NUMPY_DTYPE);
    all.put("numpy ndarray", Callable.NUMPY_NDARRAY);
    // numpy 2 moved its inner modules from core to _core.
    for (String core : new String[]{"numpy.core", "numpy._core"}) {
      all.put(core + ".multiarray scalar", Callable.NUMPY_SCALAR);
      all.put(core + ".multiarray _reconstruct", Callable.NUMPY_RECONSTRUCT);
      all.put(core + ".numeric _frombuffer", Callable.NUMPY_FROM_BUFFER);
    }
    all.put("_codecs encode", Callable.ENCODE);
    for (String builtins : new String[]{"builtins", "__builtin__"}) {
      all.put(builtins + " set", Callable.SET);
      all.put(builtins + " frozenset", Callable.FROZENSET);
      all.put(builtins + " complex", Callable.COMPLEX);
      all.put(builtins + " bytes", Callable.BYTES);
      all.put(builtins + " bytearray", Callable.BYTEARRAY);
    }
    // nnU-Net pickles the name of its one post-processing function; here it stays a name.
    String function = "remove_all_but_largest_component_from_segmentation";
    all.put("nnunetv2.postprocessing.remove_connected_components " + function,
        new Constant(function));
    for (StoredType type : StoredType.values()) {
      all.put("torch " + type.torchName(), new Constant(type));
      if (!type.storageClass().isEmpty()) {
        StorageType storage = new StorageType(Optional.of(type));
        all.put("torch " + type.storageClass(), storage);
        all.put("torch.storage " + type.storageClass(), storage);
      }
    }
    StorageType untyped = new StorageType(Optional.empty());
    all.put("torch UntypedStorage", untyped);
    all.put("torch.storage UntypedStorage", untyped);
    return Map.copyOf(all);
  }
}
