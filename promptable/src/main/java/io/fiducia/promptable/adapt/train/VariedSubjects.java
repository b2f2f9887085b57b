package io.fiducia.promptable.adapt.train;

import io.fiducia.base.SeededRandom;
import io.fiducia.learn.augment.Draws;
import io.fiducia.learn.picture.Crop;
import io.fiducia.learn.picture.Distortion;
import io.fiducia.learn.picture.ExampleCutter;
import io.fiducia.learn.picture.LabelMap;
import io.fiducia.learn.picture.Picture;
import io.fiducia.learn.picture.Shading;
import io.fiducia.learn.picture.Superpixels;
import io.fiducia.promptable.slice.SlicePicture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Structures for a network that knows nothing yet. Anatomy is shown from near and far, distorted and with other
 * intensities. Made-up structures keep the network from learning the organs by heart: superpixels of slices (as
 * ScribblePrompt, Wong et al., ECCV 2024) and labels of random label maps (as SynthMorph, Hoffmann et al., IEEE TMI
 * 2022). Pictures are square and of various sizes.
 */
final class VariedSubjects implements Subjects {
  private static final int[] PIXELS = {64, 96, 128, 160, 224, 288};
  private static final float WHITE = 255;
  private static final int LEAST_PIXELS = 24;
  private static final double LEAST_SUPERPIXEL = 0.004;
  private static final int SMALLEST_CELL = 14;
  private static final int LARGEST_CELL = 40;
  private static final int TRIES = 12;
  /** The nearest view of a structure: its box times this. */
  private static final double NEAREST = 1.2;
  private static final Distortion.Range ANATOMY = new Distortion.Range(false, 0.7,
      Math.toRadians(20), 0.85, 1.15, 0, 0.6, 0.005, 0.02);
  private static final Distortion.Range MADE_UP = new Distortion.Range(true, 0.5, Math.PI, 0.85,
      1.15, 0, 0.6, 0.01, 0.04);

  private final Map<String, List<TrainingPicture>> pictures;
  private final List<String> structures;
  private final MadeUpShares shares;

  VariedSubjects(List<TrainingPicture> pictures, MadeUpShares shares) {
    this.pictures = AdaptSlices.byStructure(pictures);
    this.structures = List.copyOf(this.pictures.keySet());
    this.shares = shares;
  }

  @Override
  public List<Subject> draw(SeededRandom random, int most) {
    double u = Draws.unit(random);
    if (u < shares.labelMaps()) {
      return views(random, labelMap(random, most), "label map", MADE_UP);
    }
    if (u < shares.labelMaps() + shares.superpixels()) {
      return views(random, superpixels(random, most), "superpixels", MADE_UP);
    }
    String structure = structures.get(Draws.index(random, structures.size()));
    List<TrainingPicture> with = pictures.get(structure);
    TrainingPicture source = with.get(Draws.index(random, with.size()));
    List<String> names = new ArrayList<>(source.structures());
    names.remove(structure);
    names.addFirst(structure);
    while (names.size() > most) {
      names.remove(1 + Draws.index(random, names.size() - 1));
    }
    Picture first = square(source, source.mask(structure));
    List<Picture> all = new ArrayList<>(List.of(first));
    names.stream().skip(1).forEach(name -> all.add(
        new Picture(first.side(), first.image(), square(source, source.mask(name)).label())));
    return views(random, all, structure, ANATOMY);
  }

  /** Structures of one random label map, all with the same image. */
  private static List<Picture> labelMap(SeededRandom random, int count) {
    LabelMap map = LabelMap.draw(random);
    LabelMap.Look look = LabelMap.Look.draw(random, map.count());
    float[] image = map.render(random, look);
    List<Picture> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      out.add(new Picture(LabelMap.SIDE, image, map.structure(random)));
    }
    return out;
  }

  /** Structures of one slice, all with the same image. */
  private List<Picture> superpixels(SeededRandom random, int count) {
    Picture slice = anySlice(random);
    for (int t = 0; t < TRIES && Picture.isFlat(slice.image()); t++) {
      slice = anySlice(random);
    }
    int side = slice.side();
    int[] owner = Superpixels.of(slice.image(), side,
        Draws.between(random, SMALLEST_CELL, LARGEST_CELL));
    List<Picture> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] label = Superpixels.structure(random, owner, side);
      for (int t = 0; t < TRIES && Picture.area(label) < LEAST_SUPERPIXEL; t++) {
        label = Superpixels.structure(random, owner, side);
      }
      out.add(new Picture(side, slice.image(), label));
    }
    return out;
  }

  /** A slice, reduced to the size of label maps. */
  private Picture anySlice(SeededRandom random) {
    List<TrainingPicture> with = pictures
        .get(structures.get(Draws.index(random, structures.size())));
    TrainingPicture source = with.get(Draws.index(random, with.size()));
    Picture whole = square(source, new boolean[source.width() * source.height()]);
    return ExampleCutter.cut(whole, new Crop(0.5, 0.5, 1), Distortion.NONE, Distortion.NONE,
        LabelMap.SIDE);
  }

  /** A slice in the middle of a black square, with intensities from 0 to 1. */
  private static Picture square(TrainingPicture source, boolean[] mask) {
    int side = Math.max(source.width(), source.height());
    int left = (side - source.width()) / 2;
    int top = (side - source.height()) / 2;
    float[] grey = source.picture().grey();
    float[] image = new float[side * side];
    float[] label = new float[side * side];
    for (int y = 0; y < source.height(); y++) {
      for (int x = 0; x < source.width(); x++) {
        int from = y * source.width() + x;
        int to = (y + top) * side + x + left;
        image[to] = grey[from] / WHITE;
        label[to] = mask[from] ? 1 : 0;
      }
    }
    return new Picture(side, image, label);
  }

  /** One view of a picture around its first structure, and the other structures that it shows. */
  private static List<Subject> views(SeededRandom random, List<Picture> all, String name,
      Distortion.Range range) {
    Picture first = all.getFirst();
    Crop box = Crop.around(first.label(), first.side());
    int pixels = PIXELS[Draws.index(random, PIXELS.length)];
    Distortion distortion = Distortion.draw(random, range);
    Crop crop = crop(random, box);
    Picture out = ExampleCutter.cut(first, crop, distortion, Distortion.NONE, pixels);
    if (isTiny(out)) {
      crop = closest(box);
      distortion = Distortion.NONE;
      out = ExampleCutter.cut(first, crop, distortion, Distortion.NONE, pixels);
    }
    List<float[]> labels = new ArrayList<>(List.of(out.label()));
    for (Picture other : all.subList(1, all.size())) {
      Picture cut = ExampleCutter.cut(other, crop, distortion, Distortion.NONE, pixels);
      if (!isTiny(cut)) {
        labels.add(cut.label());
      }
    }
    Shading.apply(out.image(), pixels, Shading.ofTask(random), Shading.ofExample(random), random);
    float[] grey = new float[out.image().length];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = (float) Math.rint(WHITE * out.image()[i]);
    }
    SlicePicture picture = new SlicePicture(pixels, pixels, grey);
    TrainingPicture source = new TrainingPicture("varied", picture, Set.of(name));
    return labels.stream().map(label -> new Subject(source, picture, name, mask(label))).toList();
  }

  private static boolean isTiny(Picture picture) {
    return Picture.area(picture.label()) * picture.label().length < LEAST_PIXELS;
  }

  private static boolean[] mask(float[] label) {
    boolean[] out = new boolean[label.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = label[i] > 0;
    }
    return out;
  }

  /** A square that holds the structure's box, anywhere in it, and lies within the picture. */
  private static Crop crop(SeededRandom random, Crop box) {
    double nearest = Math.min(1, NEAREST * box.side());
    double side = Math.exp(Draws.uniform(random, Math.log(nearest), 0));
    double reach = (side - box.side()) / 2;
    return within(box.centreX() + Draws.uniform(random, -reach, reach),
        box.centreY() + Draws.uniform(random, -reach, reach), side);
  }

  private static Crop closest(Crop box) {
    return within(box.centreX(), box.centreY(), Math.min(1, NEAREST * box.side()));
  }

  private static Crop within(double x, double y, double side) {
    return new Crop(Math.clamp(x, side / 2, 1 - side / 2), Math.clamp(y, side / 2, 1 - side / 2),
        side);
  }
}
