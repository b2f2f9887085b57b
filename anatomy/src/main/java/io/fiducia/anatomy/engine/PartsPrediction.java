package io.fiducia.anatomy.engine;

import io.fiducia.anatomy.task.Part;
import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.core.Case;
import io.fiducia.geometry.Geometry;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.infer.NnunetSegmenter;
import io.fiducia.nnunet.preprocess.Preprocessor;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
    Run run = new Run(id, plan, progress, cancellation);
    if (!plan.thirds() || !ZThirds.fits(image.geometry().size())) {
      return whole(image, run);
    }
    ZThirds split = new ZThirds(image.geometry().size());
    LabelVolume joined = empty(image.geometry());
    for (int s = 0; s < ZThirds.COUNT; s++) {
      split.put(s, whole(split.slab(s, image), run), joined);
    }
    return joined;
  }

  private record Run(String id, Plan plan, Progress progress, Cancellation cancellation) {}

  /** A case and the preprocessor that prepared it. */
  private record Prepared(Preprocessor by, PreprocessedCase ready) {}

  /** The label map of an image that is not divided; one prepared image is held at a time. */
  private LabelVolume whole(FloatVolume image, Run run) {
    Plan plan = run.plan();
    LabelVolume merged = empty(image.geometry());
    Optional<Prepared> last = Optional.empty();
    for (int p = 0; p < plan.parts().size(); p++) {
      Part part = plan.parts().get(p);
      run.cancellation().check("segmentation of " + run.id());
      if (plan.parts().size() > 1) {
        run.progress().note("part " + (p + 1) + " of " + plan.parts().size() + ": " + part.name());
      }
      NnunetSegmenter network = models.get(part.model(), plan.folders().apply(part), plan.tiling());
      Preprocessor own = network.model().preprocessor();
      // Parts of one task usually see the same image; those of a cascade do not.
      if (last.isEmpty() || !own.sameAs(last.get().by())
          || own.configuration().previousStage().isPresent()) {
        last = Optional.empty();
        last = Optional.of(new Prepared(own, network.prepare(
            new Case(run.id(), List.of(image)), run.progress(), run.cancellation())));
      }
      LabelVolume found = network.labels(last.get().ready(), run.progress(), run.cancellation());
      LabelLookup.of(part.labels()).writeOver(found, merged);
    }
    return merged;
  }

  private static LabelVolume empty(Geometry grid) {
    return new LabelVolume(grid, new short[grid.size().voxels()]);
  }
}
