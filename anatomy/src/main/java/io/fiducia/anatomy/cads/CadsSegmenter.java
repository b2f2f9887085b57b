package io.fiducia.anatomy.cads;

import io.fiducia.anatomy.engine.ResidentModels;
import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.weights.WeightsFolder;
import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.core.Case;
import io.fiducia.core.Provenance;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Segmenter;
import io.fiducia.core.SegmenterFailures;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * CADS as a {@link Segmenter}: one task or several, each with a layer of its own, because structures of
 * different tasks overlap. Networks stay in memory between cases.
 */
public final class CadsSegmenter implements Segmenter {
  private final CadsSegmentation flow;
  private final ResidentModels models;
  private final Map<String, StructureSet> layers;

  private CadsSegmenter(CadsSegmentation flow, ResidentModels models) {
    this.flow = flow;
    this.models = models;
    this.layers = layers(flow.request());
  }

  /**
   * Finds the weights; networks are loaded when a case needs them.
   *
   * @throws io.fiducia.base.FiduciaException BAD_INPUT if weights are missing or are not those of a task
   */
  public static CadsSegmenter open(CadsRequest request, WeightsFolder weights,
      ResidentModels.Settings settings) {
    return SegmenterFailures.translated("loading of CADS", () -> {
      Map<String, Path> folders = request.folders(weights);
      ResidentModels models = new ResidentModels(settings);
      return new CadsSegmenter(new CadsSegmentation(request, folders, models), models);
    });
  }

  /**
   * The structures of each task that are not left out. A structure that an earlier task has already (the
   * models by region repeat those of the other tasks) gets the task's number behind its name.
   */
  private static Map<String, StructureSet> layers(CadsRequest request) {
    Map<String, StructureSet> layers = new LinkedHashMap<>();
    Set<String> names = new HashSet<>();
    for (AnatomyTask task : request.tasks()) {
      List<Structure> own = new ArrayList<>();
      request.names(task).forEach((label, name) -> own
          .add(Structure.of(names.add(name) ? name : name + "_" + task.name(), label)));
      layers.put(task.name(), new StructureSet(own));
    }
    return layers;
  }

  @Override
  public StructureSet structures() {
    return new StructureSet(layers.values().stream().flatMap(StructureSet::stream).toList());
  }

  @Override
  public Segmentation segment(Case images, Progress progress, Cancellation cancellation) {
    return SegmenterFailures.translated("segmentation of " + images.id(), () -> {
      List<Segmentation.Layer> found = new ArrayList<>();
      flow.run(CadsScan.of(images),
          r -> found.add(new Segmentation.Layer(layers.get(r.task().name()), r.labels())),
          progress, cancellation);
      return new Segmentation(images.id(), found, Map.of(), provenance());
    });
  }

  /** Where its contours come from. */
  public Provenance provenance() {
    return provenance(flow);
  }

  static Provenance provenance(CadsSegmentation flow) {
    CadsRequest request = flow.request();
    Map<String, String> details = new LinkedHashMap<>();
    details.put("tables", request.table().source());
    details.put("tasks", request.tasks().stream().map(AnatomyTask::name)
        .collect(Collectors.joining(", ")));
    details.put("weights", request.tasks().stream()
        .map(t -> request.part(t).model().folder()).collect(Collectors.joining(", ")));
    details.put("licence of the weights", request.tasks().stream()
        .map(t -> request.table().licenceOf(t, request.licence()).terms()).distinct()
        .collect(Collectors.joining("; ")));
    details.put("preprocessing", Boolean.toString(request.steps().preprocessing()));
    details.put("postprocessing", Boolean.toString(request.steps().postprocessing()));
    details.put("strict", Boolean.toString(request.steps().strict()));
    if (!request.leftOut().isEmpty()) {
      details.put("left out", String.join(", ", request.leftOut()));
    }
    return new Provenance("CADS", details);
  }

  @Override
  public void close() {
    models.close();
  }
}
