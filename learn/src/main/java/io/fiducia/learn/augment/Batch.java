package io.fiducia.learn.augment;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The input of one training step.
 *
 * @param data (batch, channel, patch axes...); in a cascade's second stage the channels of the image
 *     are followed by one for each foreground label of the first stage's segmentation
 * @param seg (batch, patch axes...) with labels from 0
 * @param patch two or three axes, slowest first
 * @param annotated one per sample, as {@link PatchSource#annotated()} gives it
 */
public record Batch(float[] data, short[] seg, int batch, int channels, int[] patch,
    List<Optional<Set<Integer>>> annotated) {
  public Batch {
    annotated = List.copyOf(annotated);
  }
}
