package io.fiducia.torch.checkpoint;

import java.util.Optional;

/** The element types that a stored tensor may have, with the names that each format gives them. */
public enum StoredType {
  FLOAT64("float64", 8, "f8", "F64", "DoubleStorage"),
  FLOAT32("float32", 4, "f4", "F32", "FloatStorage"),
  FLOAT16("float16", 2, "f2", "F16", "HalfStorage"),
  BFLOAT16("bfloat16", 2, "", "BF16", "BFloat16Storage"),
  INT64("int64", 8, "i8", "I64", "LongStorage"),
  INT32("int32", 4, "i4", "I32", "IntStorage"),
  INT16("int16", 2, "i2", "I16", "ShortStorage"),
  INT8("int8", 1, "i1", "I8", "CharStorage"),
  UINT8("uint8", 1, "u1", "U8", "ByteStorage"),
  BOOL("bool", 1, "b1", "BOOL", "BoolStorage"),
  UINT16("uint16", 2, "u2", "U16", ""),
  UINT32("uint32", 4, "u4", "U32", ""),
  UINT64("uint64", 8, "u8", "U64", ""),
  COMPLEX64("complex64", 8, "c8", "C64", "ComplexFloatStorage"),
  COMPLEX128("complex128", 16, "c16", "", "ComplexDoubleStorage"),
  FLOAT8_E4M3FN("float8_e4m3fn", 1, "", "F8_E4M3", ""),
  FLOAT8_E5M2("float8_e5m2", 1, "", "F8_E5M2", "");

  private final String torchName;
  private final int bytes;
  private final String numpyCode;
  private final String safetensorsName;
  private final String storageClass;

  StoredType(
      String torchName, int bytes, String numpyCode, String safetensorsName, String storageClass) {
    this.torchName = torchName;
    this.bytes = bytes;
    this.numpyCode = numpyCode;
    this.safetensorsName = safetensorsName;
    this.storageClass = storageClass;
  }

  /** The name without a prefix, as in {@code torch.float32}: "float32", "bfloat16", "bool". */
  public String torchName() {
    return torchName;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** True for real and complex floating point types. */
  public boolean isFloating() {
    return torchName.startsWith("float") || this == BFLOAT16 || isComplex();
  }

  /** True for the complex types. */
  public boolean isComplex() {
    return this == COMPLEX64 || this == COMPLEX128;
  }

  /** numpy's type code without byte order ("f4"), or empty where numpy has no such type. */
  public String numpyCode() {
    return numpyCode;
  }

  /** safetensors' name ("F32"), or empty where that format has no such type. */
  public String safetensorsName() {
    return safetensorsName;
  }

  /** torch's typed storage class, or empty for types that torch stores untyped. */
  String storageClass() {
    return storageClass;
  }

  /** Bytes that are swapped together between byte orders: a complex number is swapped by halves. */
  int swapUnit() {
    return isComplex() ? bytes / 2 : bytes;
  }

  static Optional<StoredType> ofNumpyCode(String code) {
    for (StoredType type : values()) {
      if (!code.isEmpty() && type.numpyCode.equals(code)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  static Optional<StoredType> ofSafetensors(String name) {
    for (StoredType type : values()) {
      if (!name.isEmpty() && type.safetensorsName.equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
