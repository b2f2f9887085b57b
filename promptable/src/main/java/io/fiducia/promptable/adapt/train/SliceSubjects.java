package io.fiducia.promptable.adapt.train;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.promptable.volume.SliceMask;
import java.util.List;
import java.util.Map;

/** Structures of slices, one of each picture. They are drawn evenly, whatever the number of their slices. */
final class SliceSubjects implements Subjects {
  private final Map<String, List<TrainingPicture>> pictures;
  private final List<String> structures;
  private final boolean changed;

  /**
   * Draws from slices.
   *
   * @param changed whether pictures are moved, scaled, turned and given another contrast
   */
  SliceSubjects(List<TrainingPicture> pictures, boolean changed) {
    this.pictures = AdaptSlices.byStructure(pictures);
    this.structures = List.copyOf(this.pictures.keySet());
    this.changed = changed;
  }

  @Override
  public List<Subject> draw(SeededRandom random, int most) {
    String structure = structures.get(Draws.index(random, structures.size()));
    List<TrainingPicture> with = pictures.get(structure);
    TrainingPicture source = with.get(Draws.index(random, with.size()));
    SlicePicture picture = source.picture();
    boolean[] mask = source.mask(structure);
    if (changed) {
      PictureChange change = PictureChange.draw(random, source.width(), source.height());
      boolean[] moved = change.apply(mask, source.width(), source.height());
      if (2 * SliceMask.area(moved) > SliceMask.area(mask)) {
        mask = moved;
        picture = change.apply(picture);
      }
    }
    return List.of(new Subject(source, picture, structure, mask));
  }
}
