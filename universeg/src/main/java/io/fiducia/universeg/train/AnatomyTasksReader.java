package io.fiducia.universeg.train;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.base.SeededRandom;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Segmentation;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.geometry.Vec3;
import io.fiducia.learn.augment.Draws;
import io.fiducia.universeg.slice.BoxMm;
import io.fiducia.universeg.support.StructureMask;
import io.fiducia.universeg.support.StructureStack;
import io.fiducia.volume.FloatVolume;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes tasks of datasets. Each case is read twice: for the size of its structures, and then to cut
 * stacks of slices, which stay in memory (about 1.5 MB for each structure and plane of a case).
 */
final class AnatomyTasksReader {
  private static final String TASK = "Cut slices";
  /** Side of a stack's slices, as a multiple of the structure's largest extent in the plane. */
  static final double SIDE = 2.4;
  private static final int PIXELS = 160;
  private static final int SLICES = 20;
  private static final double MARGIN = 0.2;
  private static final double VALIDATION_SHARE = 0.2;
  /** Fewest patients of which some are set aside to validate. */
  private static final int LEAST_TO_VALIDATE = 3;
  /** Fewest voxels along both axes of a plane in which slices are cut. */
  private static final int LEAST_VOXELS = 8;

  private final TaskChoice choice;
  private final Progress progress;
  private final Cancellation cancellation;

  AnatomyTasksReader(TaskChoice choice, Progress progress, Cancellation cancellation) {
    this.choice = choice;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /** One usable patient of a dataset, and where its structures lie. */
  private record Patient(int number, ContouredCase source, Map<String, BoxMm> boxes,
      Set<SlicePlane> planes) {}

  /** Side of the slices of one structure in one plane. */
  private record Place(String structure, SlicePlane plane) {}

  /**
   * Makes all tasks.
   *
   * @throws FiduciaException BAD_INPUT if datasets share a name, a structure to hold out is unknown, or
   *     nothing is left to train on
   */
  AnatomyTasks read(List<InContextDataset> datasets) {
    AnatomyTasks.check(datasets, Set.of(), List.of());
    Map<InContextDataset, List<Patient>> patients = new LinkedHashMap<>();
    Set<String> structures = new LinkedHashSet<>();
    int cases = datasets.stream().mapToInt(d -> Math.min(choice.patients(), d.cases().size()))
        .sum();
    progress.started(TASK, 2L * cases, "cases");
    try {
      int done = 0;
      for (InContextDataset dataset : datasets) {
        List<Patient> usable = new ArrayList<>();
        for (int number : drawn(dataset)) {
          cancellation.check("cutting slices to train on");
          located(dataset, number).ifPresent(usable::add);
          progress.advanced(TASK, ++done, dataset.name());
        }
        usable.forEach(p -> structures.addAll(p.boxes().keySet()));
        patients.put(dataset, usable);
      }
      AnatomyTasks.check(datasets, structures, choice.heldOut());
      List<StructureTask> tasks = new ArrayList<>();
      for (InContextDataset dataset : datasets) {
        tasks.addAll(cut(dataset, patients.get(dataset), done));
        done += patients.get(dataset).size();
      }
      return new AnatomyTasks(tasks);
    } finally {
      progress.finished(TASK);
    }
  }

  /** Numbers of the cases that are used, in random order. */
  private List<Integer> drawn(InContextDataset dataset) {
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < dataset.cases().size(); i++) {
      left.add(i);
    }
    SeededRandom random = SeededRandom.of(choice.seed(), "patients of " + dataset.name());
    List<Integer> out = new ArrayList<>();
    while (!left.isEmpty() && out.size() < choice.patients()) {
      out.add(left.remove(Draws.index(random, left.size())));
    }
    return out;
  }

  private Optional<Patient> located(InContextDataset dataset, int number) {
    ContouredCase source = dataset.cases().get(number);
    Map<String, BoxMm> boxes = new LinkedHashMap<>();
    Segmentation contours = source.contours();
    StructureMask.all(contours).forEach((name, mask) -> boxes.put(name, mask.box()));
    if (boxes.isEmpty()) {
      progress.warning(dataset.name() + ", " + source.id() + ": no structure, left out");
      return Optional.empty();
    }
    Set<SlicePlane> planes = new LinkedHashSet<>();
    for (SlicePlane plane : choice.planes()) {
      int[] axes = plane.axesInPlane();
      if (voxels(contours.geometry(), axes[0]) >= LEAST_VOXELS
          && voxels(contours.geometry(), axes[1]) >= LEAST_VOXELS) {
        planes.add(plane);
      }
    }
    return Optional.of(new Patient(number, source, boxes, planes));
  }

  /** Voxels along the grid axis that is nearest to an axis of the patient. */
  private static int voxels(Geometry grid, int lpsAxis) {
    Vec3 origin = grid.toPhysical(0, 0, 0);
    double most = -1;
    int voxels = 0;
    int[] sizes = {grid.size().x(), grid.size().y(), grid.size().z()};
    for (int a = 0; a < 3; a++) {
      Vec3 step = grid.toPhysical(a == 0 ? 1 : 0, a == 1 ? 1 : 0, a == 2 ? 1 : 0);
      double along = Math.abs(step.get(lpsAxis) - origin.get(lpsAxis)) / grid.spacingMm().get(a);
      if (along > most) {
        most = along;
        voxels = sizes[a];
      }
    }
    return voxels;
  }

  private List<StructureTask> cut(InContextDataset dataset, List<Patient> patients, int done) {
    Map<Place, Double> sides = new HashMap<>();
    for (Patient p : patients) {
      p.boxes().forEach((name, box) -> p.planes().forEach(plane -> sides
          .merge(new Place(name, plane), SIDE * extent(box, plane), Math::max)));
    }
    Map<Place, List<StructureTask.Member>> members = new LinkedHashMap<>();
    int count = done;
    for (Patient p : patients) {
      cancellation.check("cutting slices to train on");
      cutPatient(dataset, p, sides, members);
      progress.advanced(TASK, ++count, dataset.name());
    }
    Set<Integer> validation = validation(patients);
    List<StructureTask> tasks = new ArrayList<>();
    members.forEach((place, all) -> tasks.add(StructureTask.of(
        new TaskKey(dataset.name(), place.structure(), place.plane()),
        choice.heldOut().contains(place.structure()), dataset.modality(),
        all.stream().filter(m -> !validation.contains(m.patient())).toList(),
        all.stream().filter(m -> validation.contains(m.patient())).toList())));
    if (patients.size() == 1) {
      progress
          .warning(dataset.name() + " has one usable patient: the network is shown other slices of"
              + " the same patient, which is easier than what it is for; give more patients");
    }
    return tasks;
  }

  /** The last patients of the drawn ones, set aside. */
  private static Set<Integer> validation(List<Patient> patients) {
    Set<Integer> out = new LinkedHashSet<>();
    int count = patients.size() < LEAST_TO_VALIDATE
        ? 0
        : (int) Math.max(1, Math.rint(VALIDATION_SHARE * patients.size()));
    patients.subList(patients.size() - count, patients.size()).forEach(p -> out.add(p.number()));
    return out;
  }

  private void cutPatient(InContextDataset dataset, Patient patient, Map<Place, Double> sides,
      Map<Place, List<StructureTask.Member>> members) {
    FloatVolume image = patient.source().images().channels().getFirst();
    if (isConstant(image.data())) {
      progress.warning(dataset.name() + ", " + patient.source().id()
          + ": all voxels of the image are equal, left out");
      return;
    }
    StructureMask.all(patient.source().contours()).forEach((name, mask) -> {
      for (SlicePlane plane : patient.planes()) {
        Place place = new Place(name, plane);
        StructureStack stack = StructureStack.cut(patient.source().id(), image,
            dataset.modality(), mask,
            new StructureStack.Cut(plane, sides.get(place), PIXELS, SLICES, MARGIN));
        members.computeIfAbsent(place, p -> new ArrayList<>()).add(
            new StructureTask.Member(patient.number(), stack));
      }
    });
  }

  private static boolean isConstant(float[] values) {
    for (float v : values) {
      if (v != values[0]) {
        return false;
      }
    }
    return true;
  }

  private static double extent(BoxMm box, SlicePlane plane) {
    int[] axes = plane.axesInPlane();
    return Math.max(box.extent(axes[0]), box.extent(axes[1]));
  }
}
