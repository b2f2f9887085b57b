package io.fiducia.anatomy.task;

/** What kind of image a task is for. */
public enum Modality {
  CT,
  MR
}
