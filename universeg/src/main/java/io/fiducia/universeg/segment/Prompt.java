package io.fiducia.universeg.segment;

import io.fiducia.geometry.Size;
import io.fiducia.volume.CropPad;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.Optional;

/** What a person shows of a structure in an image. */
public sealed interface Prompt {
  /**
   * A click on a voxel.
   *
   * @param positive whether it lies in the structure
   */
  record Click(int i, int j, int k, boolean positive) implements Prompt {
    @Override
    public Optional<Region> voxels() {
      return Optional.of(new Region(i, j, k, new Size(1, 1, 1)));
    }
  }

  /** A box around the structure, in one slice or several. */
  record Box(Region region) implements Prompt {
    @Override
    public Optional<Region> voxels() {
      return Optional.of(region);
    }
  }

  /**
   * A scribble.
   *
   * @param drawn above 0 where it was drawn, on the image's grid
   * @param positive whether it lies in the structure
   */
  record Scribble(LabelVolume drawn, boolean positive) implements Prompt {
    @Override
    public Optional<Region> voxels() {
      return CropPad.boundingBox(drawn);
    }
  }

  /** The box of voxels that the prompt covers; empty for a scribble of nothing. */
  Optional<Region> voxels();
}
