package io.fiducia.promptable.adapt.train;

import io.fiducia.promptable.slice.SlicePicture;

/**
 * A structure in a picture, before a prompt points at it.
 *
 * @param source the slice that the picture shows, changed or not
 * @param picture as the network sees it
 * @param structure its name
 * @param mask of the structure in the picture, not empty
 */
record Subject(TrainingPicture source, SlicePicture picture, String structure, boolean[] mask) {}
