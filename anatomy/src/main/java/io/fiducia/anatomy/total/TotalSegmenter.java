package io.fiducia.anatomy.total;

import io.fiducia.anatomy.engine.ResidentModels;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.anatomy.weights.TaskNetwork;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Case;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Segmenter;
import io.fiducia.core.SegmenterFailures;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A task of TotalSegmentator as a {@link Segmenter}, with TotalSegmentator's names of structures.
 * Networks stay in memory between cases.
 */
public final class TotalSegmenter implements Segmenter {
  private final TotalTasks tasks;
  private final TotalRequest request;
  private final ResidentModels models;
  private final TotalSegmentation flow;

  private TotalSegmenter(TotalTasks tasks, TotalRequest request, ResidentModels models,
      TotalSegmentation flow) {
    this.tasks = tasks;
    this.request = request;
    this.models = models;
    this.flow = flow;
  }

  /**
   * Finds the weights; networks are loaded when a case needs them.
   *
   * @throws FiduciaException BAD_INPUT if weights are missing or are not those of the task; USAGE if
   *     labels would stay on the network's grid, which is not that of the case
   */
  public static TotalSegmenter open(TotalRequest request, WeightsFolder weights,
      ResidentModels.Settings settings) {
    return SegmenterFailures.translated("loading of TotalSegmentator", () -> {
      if (request.resampling().way() == TotalRequest.Way.MODEL_GRID) {
        throw FiduciaException.usage("labels must lie on the grid of the case",
            "they were to stay at the network's spacing", "choose another way of resampling");
      }
      TotalTasks tasks = TotalTasks.load();
      weights.require(request.networks(tasks), request.task().name());
      ResidentModels models = new ResidentModels(settings);
      return new TotalSegmenter(tasks, request, models,
          new TotalSegmentation(tasks, weights, models));
    });
  }

  @Override
  public StructureSet structures() {
    return new StructureSet(flow.classes(request).entrySet().stream()
        .map(e -> Structure.of(e.getValue(), e.getKey())).toList());
  }

  @Override
  public Segmentation segment(Case images, Progress progress, Cancellation cancellation) {
    return SegmenterFailures.translated("segmentation of " + images.id(), () -> {
      if (images.channels().size() != 1) {
        throw FiduciaException.badInput("TotalSegmentator takes one image", images.id(),
            "expected 1 channel, found " + images.channels().size(), "give one of the channels");
      }
      TotalResult result = flow.run(request,
          new TotalSegmentation.Scan(images.id(), images.channels().get(0)),
          new TotalSegmentation.Work(progress, cancellation));
      return Segmentation.of(images.id(), structures(), result.labels(), provenance());
    });
  }

  private Provenance provenance() {
    List<TaskNetwork> networks = request.networks(tasks);
    Map<String, String> details = new LinkedHashMap<>();
    details.put("tables", tasks.source());
    details.put("task", request.task().name());
    details.put("speed", request.speed().name());
    if (!request.subset().isEmpty()) {
      details.put("structures", String.join(", ", request.subset()));
    }
    details.put("weights", networks.stream().map(n -> n.model().folder() + "/"
        + n.model().modelName()).collect(Collectors.joining(", ")));
    details.put("strict", Boolean.toString(request.strict()));
    return new Provenance("TotalSegmentator", details);
  }

  @Override
  public void close() {
    models.close();
  }
}
