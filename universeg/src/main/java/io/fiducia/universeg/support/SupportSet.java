package io.fiducia.universeg.support;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Case;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Modality;
import io.fiducia.core.Segmentation;
import io.fiducia.core.Structure;
import io.fiducia.core.StructureSet;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.morphology.Components;
import io.fiducia.morphology.Connectivity;
import io.fiducia.volume.FloatVolume;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The support cases, read and cut: all that later segmentations need of them. Images are not kept.
 *
 * @param modality of all images
 * @param structures what the cases show of each structure, in the dataset's order
 * @param missing cases that lack a structure, by its name
 */
public record SupportSet(Modality modality, List<StructureSupport> structures,
    Map<String, List<String>> missing) {
  /** Slices of a stack: neighbouring ones differ by a 20th of the structure's extent. */
  private static final int SLICES = 28;
  private static final int PIXELS = 208;
  /** Side of a slice as a share of the structure's largest extent in it; intensities are scaled over it. */
  public static final double SIDE = 2.6;
  /** How far stacks reach beyond the structure at each end, as a share of its extent. */
  public static final double MARGIN = 0.15;
  /** What a second piece may have at most, as a share of the structure, to count as a speck. */
  private static final double SPECK = 0.03;
  private static final String TASK = "Read support";

  public SupportSet {
    structures = List.copyOf(structures);
    missing = Map.copyOf(missing);
  }

  /**
   * What to read.
   *
   * @param cases at least one
   * @param modality of all images
   * @param wanted the structures to read; of the others nothing is kept
   * @param planes in which slices are needed
   */
  public record Request(List<ContouredCase> cases, Modality modality, StructureSet wanted,
      Set<SlicePlane> planes) {}

  /**
   * Reads support cases, one after another.
   *
   * @throws FiduciaException BAD_INPUT if no case has one of the structures, or a case has several
   *     channels; CANCELLED on request
   */
  public static SupportSet read(Request request, Progress progress, Cancellation cancellation) {
    Map<String, List<StructureSupport.Example>> examples = new LinkedHashMap<>();
    Map<String, List<String>> missing = new LinkedHashMap<>();
    Map<String, Boolean> connected = new LinkedHashMap<>();
    progress.started(TASK, request.cases().size(), "cases");
    try {
      int done = 0;
      for (ContouredCase c : request.cases()) {
        cancellation.check("reading the support");
        Map<String, StructureMask> masks = StructureMask.all(contoursOf(c, request.wanted()));
        FloatVolume image = imageOf(c.images());
        ShiftSearch.Block whole = Surroundings.whole(image);
        for (Structure s : request.wanted()) {
          StructureMask mask = masks.get(s.name());
          if (mask == null) {
            missing.computeIfAbsent(s.name(), k -> new ArrayList<>()).add(c.id());
          } else {
            examples.computeIfAbsent(s.name(), k -> new ArrayList<>())
                .add(new StructureSupport.Example(c.id(),
                    Surroundings.of(image, whole, mask.box()),
                    stacks(c.id(), image, mask, request)));
            connected.merge(s.name(), isConnected(mask), Boolean::logicalAnd);
          }
        }
        progress.advanced(TASK, ++done, c.id());
      }
    } finally {
      progress.finished(TASK);
    }
    List<StructureSupport> structures = new ArrayList<>();
    for (Structure s : request.wanted()) {
      List<StructureSupport.Example> found = examples.get(s.name());
      if (found == null) {
        throw FiduciaException.badInput("no support case has the structure", s.name(),
            "none of " + request.cases().size() + " cases has a voxel of it",
            "add a case with this structure, or leave it out");
      }
      structures.add(new StructureSupport(s, found, StructureIntensities.of(request.modality(),
          found.stream().flatMap(e -> e.stacks().values().stream()).toList()),
          connected.get(s.name())));
    }
    return new SupportSet(request.modality(), structures, missing);
  }

  private static Segmentation contoursOf(ContouredCase c, StructureSet wanted) {
    Segmentation all = c.contours();
    List<Segmentation.Layer> layers = all.layers().stream()
        .map(l -> new Segmentation.Layer(new StructureSet(l.structures().stream()
            .filter(s -> wanted.find(s.name()).isPresent()).toList()), l.labels()))
        .toList();
    return new Segmentation(all.caseId(), layers, Map.of(), all.provenance());
  }

  /**
   * The only channel of a case.
   *
   * @throws FiduciaException BAD_INPUT if there are several
   */
  public static FloatVolume imageOf(Case images) {
    if (images.channels().size() != 1) {
      throw FiduciaException.badInput("an in-context network sees one image", images.id(),
          "expected 1 channel, found " + images.channels().size(),
          "make a dataset of one of the channels");
    }
    return images.channels().getFirst();
  }

  private static Map<SlicePlane, StructureStack> stacks(String id, FloatVolume image,
      StructureMask mask, Request request) {
    Map<SlicePlane, StructureStack> stacks = new EnumMap<>(SlicePlane.class);
    for (SlicePlane plane : request.planes()) {
      stacks.put(plane, StructureStack.cut(id, image, request.modality(), mask,
          new StructureStack.Cut(plane, SIDE * mask.box().widest(plane), PIXELS, SLICES, MARGIN)));
    }
    return stacks;
  }

  private static boolean isConnected(StructureMask mask) {
    Size size = mask.mask().geometry().size();
    boolean[] inside = new boolean[size.voxels()];
    long voxels = 0;
    for (int i = 0; i < inside.length; i++) {
      inside[i] = mask.mask().data()[i] > 0;
      voxels += inside[i] ? 1 : 0;
    }
    Components parts = Components.of(inside, new int[]{size.z(), size.y(), size.x()},
        Connectivity.CORNERS);
    long largest = 0;
    for (int p = 1; p <= parts.count(); p++) {
      largest = Math.max(largest, parts.size(p));
    }
    return largest >= (1 - SPECK) * voxels;
  }
}
