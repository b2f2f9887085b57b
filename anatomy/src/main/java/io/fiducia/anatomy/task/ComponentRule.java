package io.fiducia.anatomy.task;

import java.util.OptionalInt;

/**
 * Which connected components of one label are kept in a task's result. Components are taken in order of
 * their size, the largest first; at the first one that is too small or one too many, it and all that
 * follow are deleted.
 *
 * @param minVoxels a smaller component is deleted, even if it is the only one
 * @param maxComponents how many are kept at most; empty: all that are large enough
 * @param fillHoles whether holes are filled first
 */
public record ComponentRule(int minVoxels, OptionalInt maxComponents, boolean fillHoles) {}
