package io.fiducia.anatomy.total;

import io.fiducia.anatomy.task.AnatomyTask;
import io.fiducia.anatomy.task.TotalTasks;
import io.fiducia.anatomy.task.Variant;
import io.fiducia.anatomy.weights.TaskNetwork;
import io.fiducia.base.FiduciaException;
import io.fiducia.core.Modality;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What TotalSegmentator is asked for. Start from {@link #of} and change what differs.
 *
 * @param subset names of the only structures that are wanted; empty: all
 * @param strict whether nothing may be done that could change a voxel against TotalSegmentator
 */
public record TotalRequest(AnatomyTask task, Speed speed, Set<String> subset, Cropping cropping,
    Resampling resampling, Cleaning cleaning, boolean strict) {
  /** Which of a task's variants runs. */
  public enum Speed {
    STANDARD,
    FAST,
    FASTEST
  }

  /**
   * How the image is divided before the networks see it.
   *
   * @param robust whether structures to crop to are sought at 3 mm, not 6 mm
   * @param toBody whether a CT is cropped to the body first
   * @param thirds whether the image is always divided along z, not only a very large one
   */
  public record Cropping(boolean robust, boolean toBody, boolean thirds) {}

  /** The way to the network's grid and back. */
  public enum Way {
    /** Images are resampled by the tool, labels come back by nearest voxels. */
    NEAREST,
    /** As NEAREST, but each structure comes back by linear interpolation of its mask. */
    SMOOTH_MASKS,
    /** nnU-Net resamples image and logits; the tool does not. */
    LOGITS,
    /** As NEAREST, but labels stay at the network's spacing. */
    MODEL_GRID
  }

  /**
   * Resampling.
   *
   * @param order of interpolation of the image, 0 to 5
   */
  public record Resampling(int order, Way way) {}

  /**
   * What is done to the label map in the end.
   *
   * @param smallestBlobMm3 connected regions up to this volume are erased; empty: none
   * @param version1Order whether labels of task {@code total} are numbered as in TotalSegmentator 1
   */
  public record Cleaning(OptionalDouble smallestBlobMm3, boolean version1Order) {}

  public TotalRequest {
    subset = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(subset));
  }

  /** A task as it runs without any option. */
  public static TotalRequest of(AnatomyTask task) {
    return new TotalRequest(task, Speed.STANDARD, Set.of(), new Cropping(false, false, false),
        new Resampling(1, Way.NEAREST), new Cleaning(OptionalDouble.empty(), false), false);
  }

  /**
   * The same at another speed. A task that has no variant for it runs as it always does; as in
   * TotalSegmentator, only FAST is refused for some.
   *
   * @throws FiduciaException USAGE if TotalSegmentator refuses this too
   */
  public TotalRequest at(Speed other) {
    if (other == Speed.FAST && task.fastRefused()) {
      throw FiduciaException.usage("task " + task.name() + " has no faster variant",
          "its networks exist at one resolution only", "leave out the option for speed");
    }
    return new TotalRequest(task, other, subset, cropping, resampling, cleaning, strict);
  }

  /**
   * The same for some structures only; only the networks that know them run.
   *
   * @throws FiduciaException USAGE if the task is none of the whole body, or a name is unknown
   */
  public TotalRequest only(Set<String> structures) {
    if (!structures.isEmpty() && !task.name().startsWith("total")) {
      throw FiduciaException.usage("task " + task.name() + " takes no subset of structures",
          "only the tasks total, total_v3 and total_mr do", "leave the subset out");
    }
    List<String> unknown = structures.stream().filter(s -> task.label(s).isEmpty()).toList();
    if (!unknown.isEmpty()) {
      throw FiduciaException.usage("unknown structure " + String.join(", ", unknown),
          "task " + task.name() + " has no such structure",
          "see the list of the task's structures");
    }
    return new TotalRequest(task, speed, structures, cropping, resampling, cleaning, strict);
  }

  /** The same with other cropping. */
  public TotalRequest with(Cropping other) {
    return new TotalRequest(task, speed, subset, other, resampling, cleaning, strict);
  }

  /**
   * The same with other resampling.
   *
   * @throws FiduciaException USAGE if labels cannot stay on the network's grid
   */
  public TotalRequest with(Resampling other) {
    return new TotalRequest(task, speed, subset, cropping, other, cleaning, strict);
  }

  /** The same with other cleaning. */
  public TotalRequest with(Cleaning other) {
    return new TotalRequest(task, speed, subset, cropping, resampling, other, strict);
  }

  /** The same, strictly as TotalSegmentator or not. */
  public TotalRequest strictly(boolean wanted) {
    return new TotalRequest(task, speed, subset, cropping, resampling, cleaning, wanted);
  }

  /** The variant that runs. */
  Variant variant() {
    return task.variants().get(variantName());
  }

  /** Name of the variant that runs. TotalSegmentator's body tasks have one faster variant only. */
  String variantName() {
    List<String> wanted = switch (speed) {
      case STANDARD -> List.of();
      case FAST -> List.of(Variant.FAST);
      case FASTEST -> List.of(Variant.FASTEST, Variant.FAST);
    };
    return wanted.stream().filter(task.variants()::containsKey).findFirst()
        .orElse(Variant.DEFAULT);
  }

  /**
   * All networks that run for it: its own, and those of other tasks that find where to crop or whose
   * result refines its own.
   */
  public List<TaskNetwork> networks(TotalTasks tasks) {
    NeededModels needed = NeededModels.of(this, tasks);
    List<TaskNetwork> all = new ArrayList<>(needed.parts());
    needed.crop().ifPresent(c -> all.addAll(c.request().networks(tasks)));
    needed.refinement().ifPresent(r -> all.addAll(r.networks(tasks)));
    return List.copyOf(new LinkedHashSet<>(all));
  }

  boolean isMr() {
    return task.modality() == Modality.MR;
  }
}
