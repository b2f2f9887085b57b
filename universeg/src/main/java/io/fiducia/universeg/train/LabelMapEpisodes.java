package io.fiducia.universeg.train;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;
import io.fiducia.learn.picture.Crop;
import io.fiducia.learn.picture.Distortion;
import io.fiducia.learn.picture.ExampleCutter;
import io.fiducia.learn.picture.LabelMap;
import io.fiducia.learn.picture.Picture;
import io.fiducia.learn.picture.Shading;
import java.util.ArrayList;
import java.util.List;

/**
 * Episodes without any patient: a random smooth label map with a random intensity for each label, after
 * Hoffmann et al., SynthMorph (IEEE TMI 2022), and Butoi et al., UniverSeg (ICCV 2023). Query and supports
 * are one label map, deformed independently and with intensities that vary a little, as patients do. The
 * structure is one label, or one connected part of a label.
 */
final class LabelMapEpisodes implements EpisodeKind {
  private static final double ABSENT = 0.06;
  private static final double CLOSEST = 1.15;
  private static final double WIDEST = 2.2;

  /** What examples share. */
  static final Distortion.Range TASK = new Distortion.Range(true, 0.3, Math.PI, 0.9, 1.1, 0.03, 0,
      0, 0);
  /** What makes "other patients" of one label map. */
  static final Distortion.Range OWN = new Distortion.Range(false, 0.9, Math.toRadians(15), 0.85,
      1.15,
      0.06, 0.95, 0.015, 0.05);

  @Override
  public Episode draw(SeededRandom random, EpisodeSize size) {
    LabelMap map = LabelMap.draw(random);
    float[] structure = map.structure(random);
    LabelMap.Look look = LabelMap.Look.draw(random, map.count());
    Distortion shared = Distortion.draw(random, TASK);
    Shading shading = Shading.ofTask(random);
    Crop crop = crop(random, structure, LabelMap.SIDE);
    boolean absent = Draws.happens(random, ABSENT);
    Picture query = example(random, absent ? map.without(random, structure) : map,
        absent ? new float[structure.length] : structure, look,
        new Cut(crop.moved(Draws.uniform(random, -0.1, 0.1), Draws.uniform(random, -0.1, 0.1)),
            shared,
            shading, size.pixels()));
    List<Picture> support = new ArrayList<>();
    for (int i = 0; i < size.support(); i++) {
      support.add(example(random, map, structure, look,
          new Cut(crop, shared, shading, size.pixels())));
    }
    return new Episode(query, support);
  }

  private record Cut(Crop crop, Distortion shared, Shading shading, int pixels) {}

  /** The square around a structure that examples show. */
  static Crop crop(SeededRandom random, float[] structure, int side) {
    Crop box = Crop.around(structure, side);
    double times = Math.exp(Draws.uniform(random, Math.log(CLOSEST), Math.log(WIDEST)));
    return new Crop(box.centreX(), box.centreY(), Math.clamp(times * box.side(), 0.25, 1));
  }

  private static Picture example(SeededRandom random, LabelMap map, float[] structure,
      LabelMap.Look look,
      Cut cut) {
    Picture whole = new Picture(LabelMap.SIDE, map.render(random, look), structure);
    Picture out = ExampleCutter.cut(whole, cut.crop(), cut.shared(), Distortion.draw(random, OWN),
        cut.pixels());
    Shading.apply(out.image(), cut.pixels(), cut.shading(), Shading.ofExample(random), random);
    return out;
  }

}
