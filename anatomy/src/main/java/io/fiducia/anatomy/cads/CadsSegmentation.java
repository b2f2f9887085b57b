package io.fiducia.anatomy.cads;

import io.fiducia.anatomy.engine.IntensityCheck;
import io.fiducia.anatomy.engine.LabelLookup;
import io.fiducia.anatomy.engine.ResidentModels;
import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Case;
import io.fiducia.core.Modality;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.dataset.NnunetReader;
import io.fiducia.nnunet.infer.NnunetSegmenter;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * CADS's steps on one scan: prepare, then task after task network and post-processing. The networks stay
 * in memory between scans as far as the budget of {@link ResidentModels} allows; belongs to one thread.
 *
 * <p>Of several scans each one runs through all tasks before the next: to read a network again takes a
 * second, to prepare a scan again takes longer, and a scan that is finished stays finished.
 *
 * <p>Source: CADS, commit 7480324. Differences are listed in docs/cads.md.
 */
public final class CadsSegmentation {
  /** Receives what each task found, ascending. */
  @FunctionalInterface
  public interface Results {
    /** Takes the result of one task; it need not be kept. */
    void accept(CadsResult result);
  }

  /** Below lies the air around a body; patches of nothing else are not computed. */
  private static final double BODY_ABOVE_HU = -500;

  private final CadsRequest request;
  private final ResidentModels models;
  private final CadsPostprocessing postprocessing;
  private final Map<String, Path> folders;

  /**
   * A flow with networks that stay in memory.
   *
   * @param folders the model folder of each task, as {@link CadsRequest#folders} finds them
   * @param models not closed by this object
   */
  public CadsSegmentation(CadsRequest request, Map<String, Path> folders, ResidentModels models) {
    this.request = request;
    this.folders = Map.copyOf(folders);
    this.models = models;
    this.postprocessing = new CadsPostprocessing(request.table());
  }

  /** What was asked for. */
  public CadsRequest request() {
    return request;
  }

  /**
   * Segments a scan; its array is not changed.
   *
   * @throws FiduciaException BAD_INPUT if the scan cannot be a CT or a network is not that of its task;
   *     OUT_OF_RESOURCES; CANCELLED
   */
  public void run(CadsScan scan, Results results, Progress progress, Cancellation cancellation) {
    IntensityCheck.check(scan.id(), scan.image(), Modality.CT, progress);
    String id = scan.id();
    // The scan is not used below, so that a large one may be freed.
    CadsGrid grid = grid(scan, progress);
    Map<String, LabelVolume> needed = new HashMap<>();
    List<AnatomyTask> tasks = request.tasks();
    for (int t = 0; t < tasks.size(); t++) {
      AnatomyTask task = tasks.get(t);
      cancellation.check("segmentation of " + id);
      progress.note(id + ": task " + task.name() + ", "
          + request.table().details(task.name()).title() + " (" + (t + 1) + " of " + tasks.size()
          + ")");
      LabelVolume labels = predict(id, task, grid.image(), progress, cancellation);
      if (request.steps().postprocessing()) {
        postprocessing.apply(task, labels, needed);
      }
      if (request.isNeededLater(task)) {
        needed.put(task.name(), labels);
      }
      results.accept(new CadsResult(task, withoutLeftOut(task, labels), grid));
    }
  }

  private CadsGrid grid(CadsScan scan, Progress progress) {
    if (request.steps().preprocessing()) {
      return CadsGrid.of(scan, progress);
    }
    if (!CadsGrid.isPrepared(scan.image().geometry())) {
      progress
          .warning(scan.id() + ": the image is not on CADS's grid (1.5 mm, right-anterior-superior,"
              + " first voxel at the origin), and it is not brought to it on request");
    }
    return CadsGrid.untouched(scan.image());
  }

  private LabelVolume withoutLeftOut(AnatomyTask task, LabelVolume labels) {
    Set<Integer> kept = request.names(task).keySet();
    return kept.size() == task.classes().size()
        ? labels
        : LabelLookup.keeping(kept).apply(labels);
  }

  /** CADS gives images to nnU-Net as SimpleITK reads them, whatever reader the plans name. */
  private LabelVolume predict(String id, AnatomyTask task, FloatVolume image, Progress progress,
      Cancellation cancellation) {
    NnunetSegmenter network = models.get(request.part(task).model(), folders.get(task.name()),
        new ResidentModels.Tiling(request.variant(task).step(), request.steps().strict()
            ? OptionalDouble.empty()
            : OptionalDouble.of(BODY_ABOVE_HU)));
    Set<Integer> expected = task.classes().keySet();
    if (!Set.copyOf(network.model().labels().foregroundValues()).equals(expected)) {
      throw FiduciaException.badInput("the network is not that of task " + task.name(),
          folders.get(task.name()), "expected labels " + expected + ", found "
              + network.model().labels().foregroundValues(),
          "get the weights of task " + task.name() + " again");
    }
    PreprocessedCase ready = network.prepare(new Case(id, List.of(image)),
        NnunetReader.SIMPLE_ITK.upstreamName(), progress, cancellation);
    return network.labels(ready, progress, cancellation);
  }
}
