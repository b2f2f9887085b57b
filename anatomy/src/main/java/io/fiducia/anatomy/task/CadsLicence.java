package io.fiducia.anatomy.task;

import java.util.OptionalInt;

/**
 * One of the sets of weights that CADS publishes, which differ in their training data and in their
 * licence.
 *
 * @param name as CADS calls it: {@code reference}, {@code research}, {@code open} or {@code region}
 * @param release the release on CADS's page that holds the weights
 * @param folder the folder below the folder of weights
 * @param terms name of the licence and what it allows
 * @param largestTrainingSet number of CT scans that the largest of its models was trained with, if it
 *     is known
 */
public record CadsLicence(String name, String release, String folder, String terms,
    OptionalInt largestTrainingSet) {}
