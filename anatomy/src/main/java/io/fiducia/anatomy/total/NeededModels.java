package io.fiducia.anatomy.total;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.CropRule;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.anatomy.total.TotalRequest.Speed;
import io.fiducia.anatomy.weights.TaskNetwork;
import io.fiducia.geometry.Vec3;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The networks that a request needs.
 *
 * @param parts its own networks
 * @param crop what is sought first, to crop to
 * @param refinement a task whose result refines that of the request
 */
record NeededModels(List<TaskNetwork> parts, Optional<Crop> crop,
    Optional<TotalRequest> refinement) {
  /** TotalSegmentator uses this margin whatever its table says, unless a task of its own finds the crop. */
  private static final Vec3 MARGIN_MM = new Vec3(20, 20, 20);
  private static final Vec3 BODY_MARGIN_MM = new Vec3(3, 3, 3);
  private static final String BODY = "body";
  private static final Set<String> BODY_PARTS = Set.of("body_trunc", "body_extremities");
  static final String REFINED_VERTEBRAE = "vertebrae_pp_refined";

  /**
   * A crop.
   *
   * @param request finds the structures
   * @param structures what is cropped to
   */
  record Crop(TotalRequest request, Set<String> structures, Vec3 marginMm) {
    Crop {
      structures = new TreeSet<>(structures);
    }
  }

  static NeededModels of(TotalRequest request, TotalTasks tasks) {
    return new NeededModels(parts(request), crop(request, tasks),
        request.task().name().equals(REFINED_VERTEBRAE)
            ? Optional.of(TotalRequest.of(task(tasks, "vertebrae_body")))
            : Optional.empty());
  }

  /** Of several networks, those that know a wanted structure. */
  private static List<TaskNetwork> parts(TotalRequest request) {
    List<TaskNetwork> all = TaskNetwork.of(request.task(), request.variantName());
    if (all.size() == 1 || request.subset().isEmpty()) {
      return all;
    }
    return all.stream().filter(n -> n.part().labels().values().stream()
        .anyMatch(l -> request.subset().contains(request.task().classes().get(l)))).toList();
  }

  private static Optional<Crop> crop(TotalRequest request, TotalTasks tasks) {
    Optional<CropRule> rule = request.task().crop();
    if (rule.isPresent()) {
      return Optional.of(crop(rule.get(), request, tasks));
    }
    if (!request.subset().isEmpty()) {
      TotalRequest wholeBody = wholeBody(request, request.cropping().robust(), tasks);
      // A structure that only the newer networks know cannot be sought by the coarse one.
      return wholeBody.task().names().containsAll(request.subset())
          ? Optional.of(new Crop(wholeBody, request.subset(), MARGIN_MM))
          : Optional.empty();
    }
    return request.cropping().toBody() && !request.isMr()
        ? Optional.of(new Crop(body(tasks), BODY_PARTS, BODY_MARGIN_MM))
        : Optional.empty();
  }

  private static Crop crop(CropRule rule, TotalRequest request, TotalTasks tasks) {
    Set<String> structures = Set.copyOf(rule.structures());
    if (rule.task().isPresent()) {
      return new Crop(TotalRequest.of(task(tasks, rule.task().get())), structures,
          rule.marginMm());
    }
    TotalRequest finder = structures.stream().anyMatch(BODY_PARTS::contains)
        ? body(tasks)
        : wholeBody(request, rule.robust() || request.cropping().robust(), tasks);
    return new Crop(finder, structures, MARGIN_MM);
  }

  /** The coarse network of the whole body; that for MR is too poor at 6 mm. */
  private static TotalRequest wholeBody(TotalRequest request, boolean robust, TotalTasks tasks) {
    return request.isMr()
        ? TotalRequest.of(task(tasks, "total_mr")).at(Speed.FAST)
        : TotalRequest.of(task(tasks, "total")).at(robust ? Speed.FAST : Speed.FASTEST);
  }

  private static TotalRequest body(TotalTasks tasks) {
    return TotalRequest.of(task(tasks, BODY)).at(Speed.FAST);
  }

  private static AnatomyTask task(TotalTasks tasks, String name) {
    return tasks.find(name).orElseThrow(() -> new IllegalStateException(name));
  }
}
