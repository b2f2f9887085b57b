package io.fiducia.torch.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A {@code collections.OrderedDict}, as torch's state dicts are; an ordinary LinkedHashMap stands
 * for a plain dict.
 */
public final class OrderedState extends LinkedHashMap<Object, Object> {
  private static final long serialVersionUID = 1L;

  private final transient Map<Object, Object> attributes = new LinkedHashMap<>();

  /** An empty one. */
  public OrderedState() {}

  /** One with these entries, in their order. */
  public OrderedState(Map<?, ?> entries) {
    super(entries);
  }

  /** Attributes set on the object itself, such as torch's {@code _metadata} of module versions. */
  public Map<Object, Object> attributes() {
    return attributes;
  }
}
