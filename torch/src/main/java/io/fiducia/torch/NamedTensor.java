package io.fiducia.torch;

/**
 * A tensor and its name in a state dictionary.
 *
 * @param name for example {@code encoder.stages.0.0.convs.0.conv.weight}
 * @param tensor the tensor itself, not a copy
 */
public record NamedTensor(String name, Tensor tensor) {}
