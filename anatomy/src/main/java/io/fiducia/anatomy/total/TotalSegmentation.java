package io.fiducia.anatomy.total;

import io.fiducia.anatomy.engine.CropBox;
import io.fiducia.anatomy.engine.IntensityCheck;
import io.fiducia.anatomy.engine.LabelLookup;
import io.fiducia.anatomy.engine.ModelGrid;
import io.fiducia.anatomy.engine.PartsPrediction;
import io.fiducia.anatomy.engine.ResidentModels;
import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.anatomy.total.TotalRequest.Way;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.geometry.Size;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * TotalSegmentator's steps in its order: crop, turn to RAS, resample, networks, merge, clean, back to
 * the image by nearest voxels, undo turn and crop.
 *
 * <p>The networks stay in memory between images; belongs to one thread.
 *
 * <p>Known differences from TotalSegmentator 2.18: docs/totalsegmentator.md lists them.
 */
public final class TotalSegmentation {
  /** Larger images are divided along z if several networks run. */
  private static final long THIRDS_ABOVE_VOXELS = 512L * 512 * 900;
  private static final int THIRDS_ABOVE_SLICES = 200;

  /**
   * An image to segment.
   *
   * @param name pseudonym of the case, for messages
   */
  public record Scan(String name, FloatVolume image) {}

  /** How the work on one image reports and stops. */
  public record Work(Progress progress, Cancellation cancellation) {}

  private final TotalTasks tasks;
  private final WeightsFolder weights;
  private final PartsPrediction prediction;

  /** A flow with weights from a folder and networks that stay in memory. */
  public TotalSegmentation(TotalTasks tasks, WeightsFolder weights, ResidentModels models) {
    this.tasks = tasks;
    this.weights = weights;
    this.prediction = new PartsPrediction(models);
  }

  /**
   * Segments an image; its array is not changed.
   *
   * @throws io.fiducia.base.FiduciaException BAD_INPUT if weights are missing or wrong, or the image
   *     cannot be what the task is for; OUT_OF_RESOURCES; CANCELLED
   */
  public TotalResult run(TotalRequest request, Scan scan, Work work) {
    IntensityCheck.check(scan.name(), scan.image(), request.task().modality(), work.progress());
    return segment(request, scan, work);
  }

  private TotalResult segment(TotalRequest request, Scan scan, Work work) {
    NeededModels needed = NeededModels.of(request, tasks);
    Optional<LabelVolume> rough = needed.crop().map(c -> rough(c, request, scan, work));
    Optional<CropBox> box = needed.crop().flatMap(c -> CropBox.around(
        mask(rough.orElseThrow(), c.request().task(), c.structures()), c.marginMm()));
    if (rough.isPresent() && box.isEmpty()) {
      work.progress().warning(scan.name() + ": nothing was found to crop to ("
          + String.join(", ", needed.crop().orElseThrow().structures())
          + "), so the result is empty");
      return nothing(request, scan);
    }
    FloatVolume inside = box.map(b -> b.crop(scan.image())).orElse(scan.image());
    ModelGrid grid = ModelGrid.of(scan.name(), inside, request.resampling().way() == Way.LOGITS
        ? Optional.empty()
        : request.variant().spacingMm(), request.resampling().order());
    LabelVolume found = onGrid(scan.name(), grid, request, needed, work);
    LabelVolume back = switch (request.resampling().way()) {
      case NEAREST, LOGITS -> grid.toSource(found);
      case SMOOTH_MASKS -> grid.toSourceSmoothly(found);
      case MODEL_GRID -> grid.inSourceOrientation(found);
    };
    LabelVolume whole = box.map(b -> b.undo(back)).orElse(back);
    return new TotalResult(whole, classes(request),
        new TotalResult.Pair(grid.image(), found));
  }

  /** Labels of the whole image by a coarse network. */
  private LabelVolume rough(NeededModels.Crop crop, TotalRequest request, Scan scan, Work work) {
    work.progress().note("rough segmentation first, to crop to it");
    return segment(crop.request().with(
        new TotalRequest.Resampling(request.resampling().order(), Way.NEAREST)), scan, work)
        .labels();
  }

  private static LabelVolume mask(LabelVolume labels, AnatomyTask task, Set<String> structures) {
    return LabelLookup.mask(structures.stream().map(s -> task.label(s).orElseThrow())
        .collect(Collectors.toSet())).apply(labels);
  }

  /** What the networks find on their grid, merged and cleaned. */
  private LabelVolume onGrid(String name, ModelGrid grid, TotalRequest request,
      NeededModels needed, Work work) {
    PartsPrediction.Plan plan = new PartsPrediction.Plan(needed.parts(), request.variant().step(),
        part -> weights.find(part.model()).orElseThrow(), thirds(request, grid));
    return prediction.predict(name, grid.image(), plan, work.progress(), work.cancellation());
  }

  private static boolean thirds(TotalRequest request, ModelGrid grid) {
    Size size = grid.image().geometry().size();
    return request.cropping().thirds() || size.voxels() > THIRDS_ABOVE_VOXELS
        && size.z() > THIRDS_ABOVE_SLICES && request.variant().parts().size() > 1;
  }

  private Map<Integer, String> classes(TotalRequest request) {
    return request.task().classes();
  }

  private TotalResult nothing(TotalRequest request, Scan scan) {
    LabelVolume empty = new LabelVolume(scan.image().geometry(),
        new short[scan.image().data().length]);
    return new TotalResult(empty, classes(request),
        new TotalResult.Pair(scan.image(), empty));
  }
}
