package io.fiducia.core;

/** What kind of image it is. */
public enum Modality {
  CT("CT"),
  MR("MR");

  private final String channel;

  Modality(String channel) {
    this.channel = channel;
  }

  /** The channel's name in nnU-Net's dataset.json, which normalises "CT" by Hounsfield units. */
  public String channel() {
    return channel;
  }
}
