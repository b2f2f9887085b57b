package io.fiducia.anatomy.engine;

import io.fiducia.anatomy.task.Part;
import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.core.Case;
import io.fiducia.geometry.Geometry;
import io.fiducia.nnunet.infer.NnunetSegmenter;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Several networks on one image, one after another, merged into one label map. */
public final class PartsPrediction {
  /**
   * What is done to one image.
   *
   * @param parts the networks, in the order of merging: a later one's structures overwrite
   * @param folders where each network's model folder lies
   * @param thirds whether the image is divided along z; images of less than 60 slices are not
   */
  public record Plan(List<Part> parts, Function<Part, Path> folders,
      ResidentModels.Tiling tiling, boolean thirds) {}

  private final ResidentModels models;

  /** A prediction by networks that stay in memory. */
  public PartsPrediction(ResidentModels models) {
    this.models = models;
  }

  /**
   * The label map of an image, on its grid.
   *
   * @param id pseudonym of the case, for messages
   * @param image on the network's grid; not changed
   * @throws io.fiducia.base.FiduciaException as {@link NnunetSegmenter#segment}
   */
  public LabelVolume predict(String id, FloatVolume image, Plan plan, Progress progress,
      Cancellation cancellation) {
    boolean thirds = plan.thirds() && ZThirds.fits(image.geometry().size());
    ZThirds split = new ZThirds(image.geometry().size());
    List<FloatVolume> slabs = thirds ? split.divide(image) : List.of(image);
    List<LabelVolume> merged = new ArrayList<>();
    slabs.forEach(s -> merged.add(empty(s.geometry())));
    for (int p = 0; p < plan.parts().size(); p++) {
      Part part = plan.parts().get(p);
      cancellation.check("segmentation of " + id);
      if (plan.parts().size() > 1) {
        progress.note("part " + (p + 1) + " of " + plan.parts().size() + ": " + part.name());
      }
      NnunetSegmenter network = models.get(part.model(), plan.folders().apply(part), plan.tiling());
      for (int s = 0; s < slabs.size(); s++) {
        Case one = new Case(id, List.of(slabs.get(s)));
        LabelVolume found = network.labels(network.prepare(one, progress, cancellation), progress,
            cancellation);
        LabelLookup.of(part.labels()).writeOver(found, merged.get(s));
      }
    }
    return thirds ? split.join(merged, image) : merged.get(0);
  }

  private static LabelVolume empty(Geometry grid) {
    return new LabelVolume(grid, new short[grid.size().voxels()]);
  }
}
