package io.fiducia.promptable.everything;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.promptable.slice.SliceEmbedding;
import io.fiducia.promptable.slice.SliceModel;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.promptable.slice.SlicePrompts;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Finds all masks of a picture: a model answers one point after another of a grid, and what it is not sure of,
 * what is not stable, and what it found before is dropped. After Meta's {@code SamAutomaticMaskGenerator}, with
 * these differences: masks without pixels are always dropped, and so are equal masks of one row or column; the points
 * of a picture with fewer pixels than the grid has points lie inside of it; a model that answers with scaled
 * probabilities (MedSAM) has stability scores of these.
 */
public final class MaskGenerator {
  private static final String TASK = "Search masks";

  private final SliceModel model;
  private final EverythingSettings settings;

  /** Uses a model, which stays the caller's. */
  public MaskGenerator(SliceModel model, EverythingSettings settings) {
    this.model = model;
    this.settings = settings;
  }

  /**
   * The masks of a picture.
   *
   * @throws FiduciaException BAD_INPUT for a picture of one grey value; CANCELLED on request
   */
  public EverythingFound find(SlicePicture picture, Progress progress, Cancellation cancellation) {
    requireContrast(picture);
    List<PictureCrop> crops = PictureCrop.of(picture.width(), picture.height(), settings.crops());
    MaskFilter filter = new MaskFilter(settings.filters(), picture.width(), picture.height());
    List<EverythingMask> masks = new ArrayList<>();
    long total = crops.stream().mapToLong(c -> batches(c).size()).sum();
    long done = 0;
    progress.started(TASK, total, "batches of points");
    try {
      for (PictureCrop crop : crops) {
        cancellation.check("the search for masks");
        SliceEmbedding embedding = model.embed(crop.of(picture));
        List<EverythingMask> found = new ArrayList<>();
        for (List<SlicePrompts> batch : batches(crop)) {
          cancellation.check("the search for masks");
          found.addAll(filter.passing(crop, batch,
              model.answers(embedding, batch, filter::hasPredictedIou)));
          progress.advanced(TASK, ++done, found.size() + " masks");
        }
        masks.addAll(filter.distinct(found, EverythingMask::predictedIou,
            settings.filters().boxOverlap()));
      }
    } finally {
      progress.finished(TASK);
    }
    if (crops.size() > 1) {
      masks = filter.distinct(masks, m -> 1f / m.crop().area(), settings.crops().boxOverlap());
    }
    if (settings.leastAreaPixels() > 0) {
      masks = withoutSmallRegions(masks, picture, filter);
    }
    return new EverythingFound(masks, filter.counts());
  }

  private static void requireContrast(SlicePicture picture) {
    float first = picture.grey()[0];
    for (float v : picture.grey()) {
      if (v != first) {
        return;
      }
    }
    throw FiduciaException.badInput("there is nothing to see in the picture",
        "picture of " + picture.width() + "x" + picture.height(),
        "all its grey values are " + first,
        "choose another slice, or a window that shows its structures");
  }

  /** One point for each mask of a crop, row by row, in batches. */
  private List<List<SlicePrompts>> batches(PictureCrop crop) {
    int perSide = settings.pointsPerSide(crop.layer());
    List<SlicePrompts> all = new ArrayList<>();
    for (int row = 0; row < perSide; row++) {
      for (int column = 0; column < perSide; column++) {
        all.add(SlicePrompts.points(List.of(new SlicePrompts.Point(
            place(column, perSide, crop.width()), place(row, perSide, crop.height()), true)))
            .withMultimask(true));
      }
    }
    List<List<SlicePrompts>> out = new ArrayList<>();
    for (int i = 0; i < all.size(); i += settings.pointsPerBatch()) {
      out.add(all.subList(i, Math.min(all.size(), i + settings.pointsPerBatch())));
    }
    return out;
  }

  private static double place(int index, int count, int pixels) {
    return Math.min((index + 0.5) / count * pixels, pixels - 0.5);
  }

  /** Masks that had no small region come first, since the others may have become like one of them. */
  private List<EverythingMask> withoutSmallRegions(List<EverythingMask> masks,
      SlicePicture picture, MaskFilter filter) {
    List<EverythingMask> unchanged = new ArrayList<>();
    List<EverythingMask> changed = new ArrayList<>();
    for (EverythingMask mask : masks) {
      boolean[] pixels = new boolean[picture.grey().length];
      mask.pixels().stream().forEach(i -> pixels[i] = true);
      Optional<boolean[]> cleaned = SmallRegions.removed(pixels, picture.width(),
          picture.height(), settings.leastAreaPixels());
      if (cleaned.isEmpty()) {
        unchanged.add(mask);
      } else {
        BitSet bits = new BitSet(pixels.length);
        for (int i = 0; i < pixels.length; i++) {
          bits.set(i, cleaned.get()[i]);
        }
        changed.add(mask.withPixels(bits, MaskFilter.box(bits, picture.width())));
      }
    }
    unchanged.addAll(changed);
    return filter.distinct(unchanged, m -> 0,
        Math.max(settings.filters().boxOverlap(), settings.crops().boxOverlap()));
  }
}
