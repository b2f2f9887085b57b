package io.fiducia.core.prompt;

import io.fiducia.geometry.Size;
import io.fiducia.volume.CropPad;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.Optional;

/**
 * What a person shows of a structure in an image. All coordinates are voxel indices of the image, and all
 * label maps lie on its grid. A system that does not understand a kind of prompt refuses it by name.
 */
public sealed interface Prompt extends PromptStep {
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

  /**
   * A box in one slice or several.
   *
   * @param positive whether it lies around the structure, or around something that does not belong to it
   */
  record Box(Region region, boolean positive) implements Prompt {
    /** A box around the structure. */
    public Box(Region region) {
      this(region, true);
    }

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

  /**
   * A closed line around an area.
   *
   * @param drawn above 0 inside the line, on the image's grid
   * @param positive whether the area lies in the structure
   */
  record Lasso(LabelVolume drawn, boolean positive) implements Prompt {
    @Override
    public Optional<Region> voxels() {
      return CropPad.boundingBox(drawn);
    }
  }

  /**
   * Contours to start from, such as another system's result. They replace all earlier prompts of the object,
   * and nothing is predicted before the next prompt.
   *
   * @param mask above 0 in the structure, on the image's grid
   */
  record Initial(LabelVolume mask) implements Prompt {
    @Override
    public Optional<Region> voxels() {
      return CropPad.boundingBox(mask);
    }
  }

  /** The box of voxels that the prompt covers; empty if nothing was drawn. */
  Optional<Region> voxels();

  /** What the prompt is called in messages. */
  default String word() {
    return switch (this) {
      case Click c -> "click";
      case Box b -> b.positive() ? "box" : "negative box";
      case Scribble s -> "scribble";
      case Lasso l -> "lasso";
      case Initial i -> "initial mask";
    };
  }
}
