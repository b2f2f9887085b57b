package io.fiducia.anatomy.statistics;

/** Which figure stands for the intensities of a structure. */
public enum Aggregation {
  MEAN,
  MEDIAN
}
