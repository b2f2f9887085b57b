package io.fiducia.promptable.adapt.train;

import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.promptable.slice.SlicePrompts;
import java.util.Map;

/**
 * A picture to learn from.
 *
 * @param source the slice in memory
 * @param picture as the network sees it, changed or not
 * @param masks of the structures that count, in the picture
 * @param prompts for the one structure, or nothing for a model without prompts
 */
record Example(TrainingPicture source, SlicePicture picture, Map<String, boolean[]> masks,
    SlicePrompts prompts) {}
