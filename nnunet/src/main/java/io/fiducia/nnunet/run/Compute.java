package io.fiducia.nnunet.run;

import io.fiducia.torch.Device;
import java.util.OptionalLong;

/**
 * What a run computes with.
 *
 * @param device where the networks run
 * @param threads processor threads for arithmetic
 * @param seed where all randomness comes from; empty: 0 for a new training, and the checkpoint's for
 *     one that is continued
 */
public record Compute(Device device, int threads, OptionalLong seed) {}
