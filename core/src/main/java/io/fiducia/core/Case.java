package io.fiducia.core;

import io.fiducia.geometry.Geometry;
import io.fiducia.volume.FloatVolume;
import java.util.List;

/**
 * The images of one examination, all on one grid.
 *
 * @param id pseudonym of the case; never a patient's identity
 * @param channels one volume per channel, in the order that a model was trained with
 */
public record Case(String id, List<FloatVolume> channels) {
  /**
   * Checks the case.
   *
   * @throws IllegalArgumentException without a channel, or if {@link Geometry#sameGrid} does not hold
   */
  public Case {
    channels = List.copyOf(channels);
    if (channels.isEmpty()) {
      throw new IllegalArgumentException("case " + id + " has no image");
    }
    for (FloatVolume channel : channels) {
      if (!channel.geometry().sameGrid(channels.get(0).geometry())) {
        throw new IllegalArgumentException(
            "the channels of case " + id + " lie on different grids: "
                + channels.get(0).geometry() + " and " + channel.geometry());
      }
    }
  }

  /** The grid of the images. */
  public Geometry geometry() {
    return channels.get(0).geometry();
  }
}
