package io.fiducia.nnunet.augment;

/**
 * One training step's input: {@code data} is (batch, channel, patch axes...), {@code seg} is (batch,
 * patch axes...) with labels from 0; {@code patch} has two or three axes, slowest first.
 */
public record Batch(float[] data, short[] seg, int batch, int channels, int[] patch) {}
