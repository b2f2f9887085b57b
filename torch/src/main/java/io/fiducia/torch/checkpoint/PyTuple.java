package io.fiducia.torch.checkpoint;

import java.util.AbstractList;
import java.util.List;

/** A Python tuple: an unchangeable list that is written back as a tuple. */
public final class PyTuple extends AbstractList<Object> {
  private final Object[] values;

  private PyTuple(Object[] values) {
    this.values = values;
  }

  /** A tuple of these values. */
  public static PyTuple of(Object... values) {
    return new PyTuple(values.clone());
  }

  /** A tuple of a list's values. */
  public static PyTuple copyOf(List<?> values) {
    return new PyTuple(values.toArray());
  }

  @Override
  public Object get(int index) {
    return values[index];
  }

  @Override
  public int size() {
    return values.length;
  }
}
