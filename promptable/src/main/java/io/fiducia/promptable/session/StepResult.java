package io.fiducia.promptable.session;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of an object after a step.
 *
 * @param object its name
 * @param prompts how many prompts count; those that were taken back do not
 * @param slices probabilities of the pixels of each slice that was prompted so far or came with initial
 *     contours, in the slice's picture
 * @param answers what the model answered in the slices of the latest prompt; none after an undo or initial
 *     contours
 */
public record StepResult(String object, int prompts, SortedMap<Integer, float[]> slices,
    SortedMap<Integer, SliceResult> answers) {
  public StepResult {
    slices = Collections.unmodifiableSortedMap(new TreeMap<>(slices));
    answers = Collections.unmodifiableSortedMap(new TreeMap<>(answers));
  }
}
