package io.fiducia.promptable.segment;

import io.fiducia.geometry.SlicePlane;
import io.fiducia.promptable.session.PromptSession.Multimask;
import io.fiducia.promptable.volume.PropagationSettings;

/**
 * How objects are segmented in a volume.
 *
 * @param plane of the slices; ignored if all three are used
 * @param threePlanes whether each object's box is segmented in all three planes, and the results are averaged
 * @param propagation how an object is followed from slice to slice
 * @param multimask when the model is asked for several masks; never in three planes
 */
public record VolumeSettings(SlicePlane plane, boolean threePlanes, PropagationSettings propagation,
    Multimask multimask) {}
