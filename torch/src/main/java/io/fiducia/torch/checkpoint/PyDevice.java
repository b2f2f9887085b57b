package io.fiducia.torch.checkpoint;

import java.util.OptionalInt;

/** A {@code torch.device} that a checkpoint mentions: a name, nothing is placed on it. */
public record PyDevice(String type, OptionalInt index) {
  @Override
  public String toString() {
    return index.isPresent() ? type + ":" + index.getAsInt() : type;
  }
}
