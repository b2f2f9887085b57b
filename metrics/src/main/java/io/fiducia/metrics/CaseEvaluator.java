package io.fiducia.metrics;

import io.fiducia.base.FiduciaException;
import io.fiducia.core.Structure;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Size;
import io.fiducia.metrics.surface.Lattice;
import io.fiducia.metrics.surface.MaskPair;
import io.fiducia.volume.LabelBoxes;
import io.fiducia.volume.LabelVolume;
import io.fiducia.volume.Region;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Scores the structures of one case. */
final class CaseEvaluator {
  private static final String REFERENCE = "reference";
  private static final String PREDICTION = "prediction";

  private final FolderEvaluator.Options options;

  CaseEvaluator(FolderEvaluator.Options options) {
    this.options = options;
  }

  /**
   * A case's scores and what is wrong or doubtful about it.
   *
   * @param absent the metrics of a structure of which neither side has a voxel
   */
  record Result(CaseScores scores, Map<String, Double> absent, List<String> messages,
      List<FileWarning> warnings) {}

  /** What the user should know about a file although it was read; {@code file} says which side. */
  record FileWarning(String file, String text) {
    static Stream<FileWarning> of(String side, CaseContours contours, List<String> texts) {
      return texts.stream()
          .map(text -> new FileWarning(side + " " + contours.path().getFileName(), text));
    }
  }

  /**
   * The scores of a case.
   *
   * @param structures what to score; empty: every label that either map holds
   * @throws FiduciaException BAD_INPUT if no structure of the case can be scored
   */
  Result score(String id, CaseContours ref, CaseContours pred, List<Structure> structures) {
    List<LoadedContours> sides = Stream.of(ref, pred).parallel()
        .map(side -> LoadedContours.load(side, options.format())).toList();
    LoadedContours reference = sides.get(0);
    LoadedContours prediction = sides.get(1);
    List<String> messages = new ArrayList<>();
    List<FileWarning> warnings = new ArrayList<>();
    FileWarning.of(REFERENCE, ref, reference.warnings()).forEach(warnings::add);
    FileWarning.of(PREDICTION, pred, prediction.warnings()).forEach(warnings::add);
    if (reference instanceof LoadedContours.FromMap r
        && prediction instanceof LoadedContours.FromMap p
        && options.resampling().isEmpty()) {
      checkGrids(r.volume().geometry(), p.volume().geometry(), pred);
    }
    List<Structure> wanted = structures.isEmpty() ? found(reference, prediction) : structures;
    if (!structures.isEmpty()) {
      reportUnknown(REFERENCE, reference, structures, messages);
      reportUnknown(PREDICTION, prediction, structures, messages);
    }
    long ignored = ignored(reference);
    Map<String, Map<String, Double>> byStructure = new LinkedHashMap<>();
    List<Optional<FiduciaException>> failures = new ArrayList<>();
    List<Scored> scored = wanted.parallelStream()
        .filter(s -> options.annotation().has(id, s))
        .map(s -> scoreSafely(s, reference, prediction, ref, pred, ignored)).toList();
    for (Scored s : scored) {
      s.values().ifPresent(v -> byStructure.put(s.structure().key(), v));
      s.message().ifPresent(messages::add);
      failures.add(s.failure());
      warnings.addAll(s.warnings());
    }
    if (byStructure.isEmpty() && failures.stream().anyMatch(Optional::isPresent)) {
      throw failures.stream().flatMap(Optional::stream).findFirst().orElseThrow();
    }
    return new Result(new CaseScores(id, ref.path(), pred.path(), byStructure),
        absent(reference, ignored), messages, warnings.stream().distinct().toList());
  }

  /** The metrics of two label maps on one grid, by structure key. */
  Map<String, Map<String, Double>> score(LabelMapContent reference, LabelMapContent prediction,
      List<Structure> structures) {
    LoadedContours ref = new LoadedContours.FromMap(reference);
    LoadedContours pred = new LoadedContours.FromMap(prediction);
    long ignored = ignored(ref);
    Map<String, Map<String, Double>> byStructure = new LinkedHashMap<>();
    for (Structure s : structures) {
      byStructure.put(s.key(),
          values(ref.mask(s).orElseThrow(), pred.mask(s).orElseThrow(), ignored));
    }
    return byStructure;
  }

  private record Scored(Structure structure, Optional<Map<String, Double>> values,
      Optional<String> message, Optional<FiduciaException> failure, List<FileWarning> warnings) {
    static Scored without(Structure structure) {
      return new Scored(structure, Optional.empty(), Optional.empty(), Optional.empty(),
          List.of());
    }
  }

  /** Scores a structure; a bad file of its own costs only this structure. */
  private Scored scoreSafely(Structure structure, LoadedContours reference,
      LoadedContours prediction, CaseContours ref, CaseContours pred, long ignored) {
    try {
      Optional<LoadedContours.Mask> known = reference.mask(structure);
      if (known.isEmpty()) {
        return Scored.without(structure);
      }
      Optional<LoadedContours.Mask> found = prediction.mask(structure);
      Optional<String> message = found.isPresent()
          ? Optional.empty()
          : Optional.of("no prediction of " + structure.name() + ", scored as empty");
      LoadedContours.Mask mask = found.map(m -> onGrid(m, known.get(), pred))
          .orElse(known.get().none());
      List<FileWarning> warnings = Stream.concat(
          FileWarning.of(REFERENCE, ref, known.get().warnings()),
          Stream.concat(FileWarning.of(REFERENCE, ref, compatWarnings(known.get())),
              FileWarning.of(PREDICTION, pred, mask.warnings())))
          .toList();
      return new Scored(structure, Optional.of(values(known.get(), mask, ignored)),
          message, Optional.empty(), warnings);
    } catch (FiduciaException e) {
      if (e.kind() != FiduciaException.Kind.BAD_INPUT) {
        throw e;
      }
      return new Scored(structure, Optional.empty(),
          Optional.of(structure.name() + " was not evaluated: " + message(e, ref, pred)),
          Optional.of(e), List.of());
    }
  }

  /** What a tool that knows spacings only makes of a grid whose axes are not at right angles. */
  private List<String> compatWarnings(LoadedContours.Mask ref) {
    Geometry grid = ref.volume().geometry();
    return options.metrics().compat()
        .filter(tool -> !Lattice.of(grid, ref.plane()).hasRightAngles())
        .map(tool -> "the axes are not at right angles, but " + tool.id()
            + " knows spacings only: its distances are not those in the patient")
        .stream().toList();
  }

  private Map<String, Double> values(LoadedContours.Mask ref, LoadedContours.Mask pred,
      long ignoredVoxels) {
    Geometry grid = ref.volume().geometry();
    Lattice lattice = options.metrics().compat().isPresent()
        ? Lattice.rightAngled(grid.spacingMm(), ref.plane())
        : Lattice.of(grid, ref.plane());
    MaskPair pair = pair(ref, pred, lattice, options.ignoreLabel());
    return new StructureMeasurement(pair, grid, ignoredVoxels).values(options.metrics());
  }

  private static MaskPair pair(LoadedContours.Mask ref, LoadedContours.Mask pred,
      Lattice lattice, OptionalInt ignore) {
    Size size = ref.volume().geometry().size();
    short[] r = ref.volume().data();
    short[] p = pred.volume().data();
    boolean[] inReference = ref.members();
    boolean[] inPrediction = pred.members();
    int ignored = ignore.orElse(-1);
    return new MaskPair(size, lattice, union(ref.box(), pred.box()),
        (startX, y, z, count, runs) -> {
          int from = size.index(startX, y, z);
          int end = from + count;
          int endR = from;
          int endP = from;
          for (int i = from; i < end; i = Math.min(endR, endP)) {
            endR = endR > i ? endR : LabelBoxes.endOfRun(r, i, end);
            endP = endP > i ? endP : LabelBoxes.endOfRun(p, i, end);
            int label = Math.max(r[i], 0);
            int sides = (inReference[label] ? 1 : 0) | (inPrediction[Math.max(p[i], 0)] ? 2 : 0);
            if (sides != 0 && label != ignored) {
              runs.add(i - from, Math.min(endR, endP) - from, sides);
            }
          }
        });
  }

  /** The smallest box that holds both. */
  private static Optional<Region> union(Optional<Region> a, Optional<Region> b) {
    return a.isPresent() && b.isPresent() ? Optional.of(a.get().union(b.get())) : a.or(() -> b);
  }

  /** A prediction's mask on the reference's grid. */
  private LoadedContours.Mask onGrid(LoadedContours.Mask mask, LoadedContours.Mask ref,
      CaseContours pred) {
    Geometry grid = ref.volume().geometry();
    if (same(grid, mask.volume().geometry())) {
      return mask;
    }
    if (options.resampling().isEmpty()) {
      checkGrids(grid, mask.volume().geometry(), pred);
    }
    LabelVolume moved = options.resampling().orElseThrow().apply(mask.volume(), mask.members(),
        grid);
    boolean[] one = new boolean[Short.MAX_VALUE + 1];
    one[1] = true;
    Optional<Region> box = LabelBoxes.of(moved).box(1);
    return new LoadedContours.Mask(moved, ref.plane(), one, box, mask.warnings());
  }

  private boolean same(Geometry a, Geometry b) {
    return options.format().placed()
        ? a.sameGrid(b)
        : a.size().equals(b.size());
  }

  private void checkGrids(Geometry reference, Geometry prediction, CaseContours pred) {
    if (!same(reference, prediction)) {
      throw FiduciaException.badInput("the grids differ", pred.path(),
          "reference " + describe(reference) + ", prediction " + describe(prediction),
          "predict on the image that was contoured, or say with --resample how to bring the"
              + " prediction onto the reference's grid");
    }
  }

  private static String describe(Geometry g) {
    return String.format(Locale.ROOT, "%s at %.4gx%.4gx%.4g mm, origin (%.4g, %.4g, %.4g)",
        g.size(), g.spacingMm().x(), g.spacingMm().y(), g.spacingMm().z(), g.originMm().x(),
        g.originMm().y(), g.originMm().z());
  }

  /** Voxels that the reference marks as not annotated. */
  private long ignored(LoadedContours reference) {
    if (options.ignoreLabel().isEmpty()
        || !(reference instanceof LoadedContours.FromMap map)) {
      return 0;
    }
    int label = options.ignoreLabel().getAsInt();
    long n = 0;
    for (short v : map.volume().data()) {
      n += v == label ? 1 : 0;
    }
    return n;
  }

  /** The metrics of nothing on nothing. */
  private Map<String, Double> absent(LoadedContours reference, long ignored) {
    if (!(reference instanceof LoadedContours.FromMap map)) {
      return Map.of();
    }
    LoadedContours.Mask none = new LoadedContours.Mask(map.volume(), map.content().plane(),
        new boolean[0], Optional.empty(), List.of()).none();
    return values(none, none, ignored);
  }

  private List<Structure> found(LoadedContours reference, LoadedContours prediction) {
    TreeSet<Integer> labels = new TreeSet<>();
    for (LoadedContours side : List.of(reference, prediction)) {
      if (side instanceof LoadedContours.FromMap map) {
        labels.addAll(map.boxes().labels());
      }
    }
    options.ignoreLabel().ifPresent(labels::remove);
    return labels.stream().map(Structure::ofLabel).toList();
  }

  private void reportUnknown(String side, LoadedContours contours, List<Structure> structures,
      List<String> messages) {
    if (!(contours instanceof LoadedContours.FromMap map)) {
      return;
    }
    TreeSet<Integer> unknown = map.boxes().labels();
    structures.forEach(s -> unknown.removeAll(s.labels()));
    options.ignoreLabel().ifPresent(unknown::remove);
    if (!unknown.isEmpty()) {
      messages.add("labels " + unknown + " of the " + side
          + " are none of the structures and were not evaluated");
    }
  }

  /**
   * What went wrong where: the side, the file and the place in it, without the folders above, which
   * may name more than a report should.
   */
  static String message(FiduciaException e, CaseContours ref, CaseContours pred) {
    String why = e.what() + (e.why().isEmpty() ? "" : ": " + e.why());
    for (Map.Entry<String, CaseContours> side : List.of(Map.entry(PREDICTION, pred),
        Map.entry(REFERENCE, ref))) {
      String path = side.getValue().path().toString();
      if (e.where().startsWith(path)) {
        return side.getKey() + " " + side.getValue().path().getFileName()
            + e.where().substring(path.length()) + ": " + why;
      }
    }
    return why;
  }
}
