package io.fiducia.universeg.train;

import io.fiducia.core.Modality;
import io.fiducia.learn.picture.Picture;
import io.fiducia.universeg.slice.IntensityWindow;
import io.fiducia.universeg.support.StructureIntensities;
import io.fiducia.universeg.support.StructureStack;
import java.util.List;
import java.util.stream.Stream;

/**
 * One structure in one plane, with the slices of all patients that have it.
 *
 * @param key what it is
 * @param heldOut whether it is never trained on
 * @param training patients to train on; of a held-out structure, patients that only give support
 * @param validation patients whose slices are segmented to validate
 * @param scale the intensities that become 0 and 1
 */
record StructureTask(TaskKey key, boolean heldOut, List<Member> training, List<Member> validation,
    IntensityWindow scale) {
  /**
   * The slices of one patient.
   *
   * @param patient number of the patient within the dataset
   * @param stack the slices
   */
  record Member(int patient, StructureStack stack) {
    /** The slice and its label as one picture. */
    Picture picture(int slice, IntensityWindow scale) {
      return new Picture(stack.view().pixels(), stack.image(slice, scale), stack.label(slice));
    }
  }

  StructureTask {
    training = List.copyOf(training);
    validation = List.copyOf(validation);
  }

  /** A task whose scale is that of its training patients. */
  static StructureTask of(TaskKey key, boolean heldOut, Modality modality, List<Member> training,
      List<Member> validation) {
    List<Member> known = training.isEmpty() ? validation : training;
    return new StructureTask(key, heldOut, training, validation,
        StructureIntensities.of(modality, known.stream().map(Member::stack).toList()));
  }

  /** The patients that may support a slice of a validation patient: all others. */
  List<Member> supportsOf(Member query) {
    return Stream.concat(training.stream(), validation.stream())
        .filter(m -> m.patient() != query.patient()).toList();
  }
}
