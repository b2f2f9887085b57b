package io.fiducia.promptable.segment;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Case;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Segmenter;
import io.fiducia.core.SegmenterFailures;
import io.fiducia.core.StructureScore;
import io.fiducia.core.StructureSet;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.promptable.cache.EmbeddingCache;
import io.fiducia.promptable.slice.SliceModel;
import io.fiducia.promptable.volume.GreyWindow;
import io.fiducia.volume.FloatVolume;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Another system's contours, drawn again by a model of slices, as a {@link Segmenter}. In each slice each connected
 * part of each structure is prompted by the box around it, wider by a margin. (The alternative, prompting the
 * middle slice and following the structure from there, needs fewer boxes, but throws away what the other
 * system knows of all other slices, above all where a structure ends.) Contours of the other system stay where
 * the model finds nothing, or something that has little in common with them; a warning names the structure.
 *
 * <p>A structure's uncertainty is 1 less the Dice of its contours before and after. Structures of one layer
 * that did not overlap before do not overlap afterwards: a voxel belongs to the more probable one.
 *
 * <p>Closing it closes the other system and the model.
 */
public final class BoxedSegmenter implements Segmenter {
  private final Segmenter first;
  private final SliceModel model;
  private final Optional<EmbeddingCache> cache;
  private final Settings settings;
  private final BiFunction<String, FloatVolume, GreyWindow> windows;

  /**
   * How contours are drawn again.
   *
   * @param plane of the slices
   * @param margin how far a box is moved outward, as a share of its longer side; at least one pixel
   * @param leastIou intersection over union of a part's old and new contour below which the old one stays
   */
  public record Settings(SlicePlane plane, double margin, double leastIou) {
    public Settings {
      if (!(margin >= 0) || !(leastIou >= 0 && leastIou < 1)) {
        throw new IllegalArgumentException("margin " + margin + ", IoU " + leastIou);
      }
    }

    /** Axial slices, boxes 5 % wider, at least an IoU of 0.2: as in a propagation. */
    public static Settings usual() {
      return new Settings(SlicePlane.AXIAL, 0.05, 0.2);
    }
  }

  /**
   * A segmenter of the structures of another one.
   *
   * @param windows the intensity window for a structure of an image, such as {@link
   *     io.fiducia.promptable.volume.StructureWindows} gives it
   */
  public BoxedSegmenter(Segmenter first, SliceModel model, Optional<EmbeddingCache> cache,
      Settings settings, BiFunction<String, FloatVolume, GreyWindow> windows) {
    this.first = first;
    this.model = model;
    this.cache = cache;
    this.settings = settings;
    this.windows = windows;
  }

  @Override
  public StructureSet structures() {
    return first.structures();
  }

  /** The contours on the grid of the case's images; the model sees the first channel. */
  @Override
  public Segmentation segment(Case images, Progress progress, Cancellation cancellation) {
    Segmentation before = first.segment(images, progress, cancellation);
    return SegmenterFailures.translated("segmentation of " + images.id(), () -> {
      FloatVolume image = images.channels().getFirst();
      if (!before.geometry().sameGrid(image.geometry())) {
        throw FiduciaException.badInput("the contours lie on another grid than the image",
            images.id(), "image " + image.geometry() + ", contours " + before.geometry(),
            "contour this image");
      }
      Redrawing redrawing = new Redrawing(
          new Redrawing.Tools(model, cache, settings, windows, cancellation), image, before);
      redrawing.run(progress);
      Map<String, StructureScore> scores = new LinkedHashMap<>();
      redrawing.changes().forEach((name, change) -> {
        scores.put(name, StructureScore.ofUncertainty(1 - change.dice()));
        change.warning().ifPresent(w -> progress.warning(images.id() + ", " + name + ": " + w));
      });
      return new Segmentation(images.id(), redrawing.layers(), scores,
          provenance(before.provenance()));
    });
  }

  private Provenance provenance(Provenance before) {
    Map<String, String> details = new LinkedHashMap<>();
    details.put("model", model.identity().family());
    details.put("weights", model.identity().weights());
    details.put("boxes of", before.system());
    before.details().forEach((key, value) -> details.put(before.system() + ": " + key, value));
    details.put("plane", settings.plane().word());
    details.put("margin", Double.toString(settings.margin()));
    details.put("least IoU", Double.toString(settings.leastIou()));
    details.put("uncertainty", "1 - Dice of the contours before and after");
    return new Provenance("boxes of " + before.system() + ", " + model.identity().family(),
        details);
  }

  @Override
  public void close() {
    try (model) {
      first.close();
    }
  }
}
