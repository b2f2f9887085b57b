package io.fiducia.anatomy.total;

import io.fiducia.anatomy.engine.CropBox;
import io.fiducia.anatomy.engine.IntensityCheck;
import io.fiducia.anatomy.engine.LabelLookup;
import io.fiducia.anatomy.engine.ModelGrid;
import io.fiducia.anatomy.engine.PartsPrediction;
import io.fiducia.anatomy.engine.ResidentModels;
import io.fiducia.anatomy.post.LabelCleanup;
import io.fiducia.anatomy.post.TotalCleanup;
import io.fiducia.anatomy.post.VertebralBodies;
import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.Part;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.anatomy.total.TotalRequest.Way;
import io.fiducia.anatomy.weights.TaskNetwork;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.geometry.Size;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
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
  /** A patch of a CT without any voxel above this holds air only: fat lies above -150, lung is never alone. */
  private static final double BODY_ABOVE_HU = -500;

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
    Map<TaskNetwork, Path> folders = requireWeights(request);
    IntensityCheck.check(scan.name(), scan.image(), request.task().modality(), work.progress());
    return segment(request, scan, folders, work);
  }

  /**
   * The model folders of all networks that a request needs.
   *
   * @throws io.fiducia.base.FiduciaException BAD_INPUT if weights are missing or wrong
   */
  Map<TaskNetwork, Path> requireWeights(TotalRequest request) {
    return weights.require(request.networks(tasks), request.task().name());
  }

  private TotalResult segment(TotalRequest request, Scan scan, Map<TaskNetwork, Path> folders,
      Work work) {
    NeededModels needed = NeededModels.of(request, tasks);
    Optional<LabelVolume> rough = needed.crop().map(c -> rough(c, request, scan, folders, work));
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
    LabelVolume found = onGrid(scan.name(), grid, request, needed.parts(), folders, work);
    LabelVolume back = switch (request.resampling().way()) {
      case NEAREST, LOGITS -> grid.toSource(copy(found));
      case SMOOTH_MASKS -> grid.toSourceSmoothly(wanted(request, found));
      case MODEL_GRID -> grid.inSourceOrientation(copy(found));
    };
    LabelVolume whole = box.map(b -> b.undo(back)).orElse(back);
    needed.refinement().ifPresent(r -> VertebralBodies.refine(whole,
        segment(like(request, r), scan, folders, work).labels(), request.task().classes()));
    relabel(request, whole);
    request.task().keepNear().ifPresent(k -> LabelCleanup.keepNear(whole,
        LabelCleanup.mask(rough.orElseThrow(),
            labels(needed.crop().orElseThrow().request().task(), k.structures())),
        LabelCleanup.steps(k.withinMm(), scan.image().geometry().spacingMm())));
    if (needed.refinement().isPresent()) {
      // The refined result exists on the grid of the image only.
      return new TotalResult(whole, classes(request),
          new TotalResult.Pair(scan.image(), whole));
    }
    relabel(request, found);
    return new TotalResult(whole, classes(request),
        new TotalResult.Pair(grid.image(), found));
  }

  /** Labels of the whole image by a coarse network. */
  private LabelVolume rough(NeededModels.Crop crop, TotalRequest request, Scan scan,
      Map<TaskNetwork, Path> folders, Work work) {
    work.progress().note("rough segmentation first, to crop to it");
    return segment(like(request, crop.request()), scan, folders, work).labels();
  }

  /** A request that helps another one, with its order of interpolation and its strictness. */
  private static TotalRequest like(TotalRequest request, TotalRequest helper) {
    return helper.with(new TotalRequest.Resampling(request.resampling().order(), Way.NEAREST))
        .strictly(request.strict());
  }

  private static LabelVolume mask(LabelVolume labels, AnatomyTask task, Set<String> structures) {
    return LabelLookup.mask(labels(task, structures)).apply(labels);
  }

  private static Set<Integer> labels(AnatomyTask task, Collection<String> structures) {
    return structures.stream().map(s -> task.label(s).orElseThrow()).collect(Collectors.toSet());
  }

  /** Numbers labels as asked for, and erases those that are not wanted. */
  private void relabel(TotalRequest request, LabelVolume labels) {
    if (request.cleaning().version1Order()) {
      LabelCleanup.remap(labels, LabelCleanup.toVersion1(request.task().classes(),
          tasks.classesOfVersion1()));
    }
    if (!request.subset().isEmpty()) {
      LabelCleanup.remap(labels,
          classes(request).keySet().stream().collect(Collectors.toMap(l -> l, l -> l)));
    }
  }

  /** The labels of the wanted structures; the others must not take voxels from them. */
  private static LabelVolume wanted(TotalRequest request, LabelVolume labels) {
    return request.subset().isEmpty()
        ? labels
        : LabelLookup.of(labels(request.task(), request.subset()).stream()
            .collect(Collectors.toMap(l -> l, l -> l))).apply(labels);
  }

  private static LabelVolume copy(LabelVolume labels) {
    return new LabelVolume(labels.geometry(), labels.data().clone());
  }

  /** What the networks find on their grid, merged and cleaned. */
  private LabelVolume onGrid(String name, ModelGrid grid, TotalRequest request,
      List<TaskNetwork> networks, Map<TaskNetwork, Path> folders, Work work) {
    Map<Part, Path> byPart = new HashMap<>();
    networks.forEach(n -> byPart.put(n.part(), folders.get(n)));
    PartsPrediction.Plan plan = new PartsPrediction.Plan(
        networks.stream().map(TaskNetwork::part).toList(), byPart::get,
        new ResidentModels.Tiling(request.variant().step(), emptyBelow(request)),
        thirds(request, grid));
    LabelVolume found = prediction.predict(name, grid.image(), plan, work.progress(),
        work.cancellation());
    TotalCleanup.apply(found, request.task(), request.cleaning().smallestBlobMm3());
    return found;
  }

  private static OptionalDouble emptyBelow(TotalRequest request) {
    return request.strict() || request.isMr()
        ? OptionalDouble.empty()
        : OptionalDouble.of(BODY_ABOVE_HU);
  }

  private static boolean thirds(TotalRequest request, ModelGrid grid) {
    Size size = grid.image().geometry().size();
    return request.cropping().thirds() || size.voxels() > THIRDS_ABOVE_VOXELS
        && size.z() > THIRDS_ABOVE_SLICES && request.variant().parts().size() > 1;
  }

  /** The structures that a request's results hold, by label. */
  public Map<Integer, String> classes(TotalRequest request) {
    Map<Integer, String> all = request.cleaning().version1Order()
        ? tasks.classesOfVersion1()
        : request.task().classes();
    Map<Integer, String> wanted = new LinkedHashMap<>(all);
    if (!request.subset().isEmpty()) {
      wanted.values().retainAll(request.subset());
    }
    return wanted;
  }

  private TotalResult nothing(TotalRequest request, Scan scan) {
    LabelVolume empty = new LabelVolume(scan.image().geometry(),
        new short[scan.image().data().length]);
    return new TotalResult(empty, classes(request),
        new TotalResult.Pair(scan.image(), empty));
  }
}
