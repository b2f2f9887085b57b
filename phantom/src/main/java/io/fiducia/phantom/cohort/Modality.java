package io.fiducia.phantom.cohort;

/** How a synthetic patient is imaged. */
public enum Modality {
  CT("CT"),
  MR("MR");

  private final String channel;

  Modality(String channel) {
    this.channel = channel;
  }

  /** The channel's name in dataset.json: nnU-Net normalises "CT" by Hounsfield units. */
  public String channel() {
    return channel;
  }
}
