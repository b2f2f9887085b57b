package io.fiducia.nifti;

import java.util.Optional;

/** The voxel types that are read and written, with their codes of the NIfTI-1 standard. */
public enum NiftiDataType {
  UINT8(2, 1, "uint8"),
  INT16(4, 2, "int16"),
  INT32(8, 4, "int32"),
  FLOAT32(16, 4, "float32"),
  FLOAT64(64, 8, "float64"),
  INT8(256, 1, "int8"),
  UINT16(512, 2, "uint16"),
  UINT32(768, 4, "uint32"),
  INT64(1024, 8, "int64"),
  UINT64(1280, 8, "uint64");

  private final int code;
  private final int bytes;
  private final String numpyName;

  NiftiDataType(int code, int bytes, String numpyName) {
    this.code = code;
    this.bytes = bytes;
    this.numpyName = numpyName;
  }

  /** The header's datatype code. */
  public int code() {
    return code;
  }

  /** Bytes of one voxel. */
  public int bytes() {
    return bytes;
  }

  /** The name that numpy gives the type, such as "int16". */
  public String numpyName() {
    return numpyName;
  }

  public boolean isFloat() {
    return this == FLOAT32 || this == FLOAT64;
  }

  static Optional<NiftiDataType> ofCode(int code) {
    for (NiftiDataType type : values()) {
      if (type.code == code) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** What a code that is not read stands for, for messages. */
  static String describe(int code) {
    return switch (code) {
      case 1 -> "1 (binary)";
      case 32 -> "32 (complex64)";
      case 128 -> "128 (RGB24)";
      case 1536 -> "1536 (float128)";
      case 1792 -> "1792 (complex128)";
      case 2048 -> "2048 (complex256)";
      case 2304 -> "2304 (RGBA32)";
      default -> Integer.toString(code);
    };
  }
}
