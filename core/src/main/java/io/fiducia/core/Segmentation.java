package io.fiducia.core;

import io.fiducia.volume.LabelVolume;

/**
 * The contours of one case: a proposal by a machine until a person has signed it.
 *
 * @param labels on the grid of the case's images; 0 where no structure is
 */
public record Segmentation(String caseId, StructureSet structures, LabelVolume labels,
    Provenance provenance) {}
