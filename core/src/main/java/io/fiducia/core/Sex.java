package io.fiducia.core;

/** The sex of a patient, as far as it decides which organs there are. */
public enum Sex {
  FEMALE,
  MALE
}
