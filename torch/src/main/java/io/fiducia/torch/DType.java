package io.fiducia.torch;

import io.fiducia.base.FiduciaException;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The element types of tensors, by numpy's names. */
public enum DType {
  FLOAT32(ScalarType.Float, 4),
  FLOAT64(ScalarType.Double, 8),
  FLOAT16(ScalarType.Half, 2),
  BFLOAT16(ScalarType.BFloat16, 2),
  INT64(ScalarType.Long, 8),
  INT32(ScalarType.Int, 4),
  INT16(ScalarType.Short, 2),
  INT8(ScalarType.Char, 1),
  UINT8(ScalarType.Byte, 1),
  BOOL(ScalarType.Bool, 1);

  private final ScalarType scalarType;
  private final int bytes;

  DType(ScalarType scalarType, int bytes) {
    this.scalarType = scalarType;
    this.bytes = bytes;
  }

  ScalarType scalarType() {
    return scalarType;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  static DType of(ScalarType type) {
    for (DType each : values()) {
      if (each.scalarType.value == type.value) {
        return each;
      }
    }
    throw FiduciaException.internal(
        "a tensor has an element type that is not supported", "", "found " + type, "");
  }
}
