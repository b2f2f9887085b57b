package io.fiducia.promptable.sam.weights;

import io.fiducia.torch.checkpoint.ShippedCheckpoint;
import java.util.Optional;

/** The compact weights that come with the program, once there are any that are good enough (docs/sam-train.md). */
public final class ShippedSam {
  private static final String RESOURCE = "/io/fiducia/promptable/sam/weights/compact-sam.safetensors";

  private ShippedSam() {}

  /** Whether the program has them. */
  public static boolean present() {
    return ShippedCheckpoint.present(ShippedSam.class, RESOURCE);
  }

  /** The weights. */
  public static SamWeights weights() {
    return SamWeights.of("shipped", ShippedCheckpoint.read(ShippedSam.class, RESOURCE), RESOURCE,
        Optional.empty());
  }
}
