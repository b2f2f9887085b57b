package io.fiducia.metrics;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.geometry.Geometry;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.volume.LabelVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Scores a folder of predicted label maps against a folder of reference label maps. */
public final class FolderEvaluator {
  /** Grids whose voxel centres differ by less are one grid. */
  private static final double GRID_TOLERANCE_MM = 1e-2;

  private FolderEvaluator() {}

  /**
   * What to score.
   *
   * @param structures the structures; empty: every label found in any file
   * @param ignoreLabel reference label to leave out
   * @param requireAllReferences whether a reference without a prediction is a problem; nnU-Net scores
   *     the predictions that exist
   */
  public record Options(List<Structure> structures, OptionalInt ignoreLabel,
      boolean requireAllReferences) {
    public Options {
      structures = List.copyOf(structures);
    }
  }

  /**
   * The scores of all cases that have a file on both sides, in the order of their names. Cases on one
   * side only, and cases that cannot be read or compared, are named in {@link Evaluation#problems()}.
   * One case is in memory per worker.
   *
   * @throws FiduciaException BAD_INPUT if a folder is missing, a case is there twice, or no case at
   *     all could be scored
   */
  public static Evaluation evaluate(Path references, Path predictions, Options options,
      Progress progress, Cancellation cancellation) {
    return evaluate(labelMaps(references), predictions, options, progress, cancellation);
  }

  /** As above, the references given by case name. */
  public static Evaluation evaluate(Map<String, Path> ref, Path predictions, Options options,
      Progress progress, Cancellation cancellation) {
    Map<String, Path> pred = labelMaps(predictions);
    List<Evaluation.Problem> problems = new ArrayList<>();
    List<String> both = new ArrayList<>();
    for (String id : new TreeSet<>(Stream.concat(ref.keySet().stream(), pred.keySet().stream())
        .toList())) {
      if (!pred.containsKey(id)) {
        if (options.requireAllReferences()) {
          problems.add(new Evaluation.Problem(id, "no prediction of that name"));
        }
      } else if (!ref.containsKey(id)) {
        problems.add(new Evaluation.Problem(id, "no reference of that name"));
      } else {
        both.add(id);
      }
    }
    List<Structure> structures = options.structures().isEmpty()
        ? labelsIn(both, ref, pred)
        : options.structures();
    String task = "Evaluate";
    progress.started(task, both.size(), "case");
    AtomicInteger done = new AtomicInteger();
    List<Outcome> results = both.parallelStream().map(id -> {
      cancellation.check("evaluation");
      Outcome result;
      try {
        result = score(id, ref.get(id), pred.get(id), structures, options.ignoreLabel());
      } catch (FiduciaException e) {
        if (e.kind() != FiduciaException.Kind.BAD_INPUT) {
          throw e;
        }
        result = new Outcome(Optional.empty(),
            List.of(message(e, ref.get(id), pred.get(id))));
      }
      progress.advanced(task, done.incrementAndGet(), id);
      return result;
    }).toList();
    progress.finished(task);
    List<CaseScores> cases = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      String id = both.get(i);
      results.get(i).scores().ifPresent(cases::add);
      results.get(i).messages().forEach(m -> problems.add(new Evaluation.Problem(id, m)));
    }
    if (cases.isEmpty()) {
      String why = problems.isEmpty()
          ? "both folders hold no label maps (.nii.gz or .nii)"
          : problems.get(0).caseId() + ": " + problems.get(0).message();
      throw FiduciaException.badInput("nothing can be evaluated", predictions, why,
          "give folders whose label maps have the same names");
    }
    return new Evaluation(structures, cases, ref.size(), pred.size(), problems);
  }

  /** What went wrong with which file; without its folder, which may name more than a report should. */
  private static String message(FiduciaException e, Path reference, Path prediction) {
    String file = e.where().startsWith(prediction.toString())
        ? "prediction " + prediction.getFileName() + ": "
        : e.where().startsWith(reference.toString())
            ? "reference " + reference.getFileName() + ": "
            : "";
    return file + e.what() + (e.why().isEmpty() ? "" : ": " + e.why());
  }

  /**
   * The metrics of one pair of label maps by structure key: overlap, volumes in cm3 and their
   * difference (prediction minus reference).
   */
  public static Map<String, Map<String, Double>> score(LabelVolume reference,
      LabelVolume prediction, List<Structure> structures, OptionalInt ignoreLabel) {
    List<Overlap> overlaps = OverlapCounter.count(reference, prediction, structures, ignoreLabel);
    double cm3 = reference.geometry().voxelVolumeMm3() / 1000;
    Map<String, Map<String, Double>> byStructure = new LinkedHashMap<>();
    for (int s = 0; s < structures.size(); s++) {
      Overlap o = overlaps.get(s);
      Map<String, Double> m = new LinkedHashMap<>();
      m.put("Dice", o.dice());
      m.put("IoU", o.iou());
      m.put("TP", (double) o.tp());
      m.put("FP", (double) o.fp());
      m.put("FN", (double) o.fn());
      m.put("TN", (double) o.tn());
      m.put("n_pred", (double) o.predictionVoxels());
      m.put("n_ref", (double) o.referenceVoxels());
      m.put("sensitivity", o.sensitivity());
      m.put("precision", o.precision());
      double predicted = o.predictionVoxels() * cm3;
      double expected = o.referenceVoxels() * cm3;
      m.put("volume_pred_cm3", predicted);
      m.put("volume_ref_cm3", expected);
      m.put("volume_difference_cm3", predicted - expected);
      m.put("volume_difference_rel",
          expected == 0 ? Double.NaN : (predicted - expected) / expected);
      byStructure.put(structures.get(s).key(), m);
    }
    return byStructure;
  }

  /** A case's scores, if it could be scored, and what is wrong or doubtful about it. */
  private record Outcome(Optional<CaseScores> scores, List<String> messages) {}

  private static Outcome score(String id, Path ref, Path pred, List<Structure> structures,
      OptionalInt ignoreLabel) {
    LabelVolume reference = NiftiReader.read(ref).toLabelVolume();
    LabelVolume prediction = NiftiReader.read(pred).toLabelVolume();
    Geometry a = reference.geometry();
    Geometry b = prediction.geometry();
    if (!a.matches(b, GRID_TOLERANCE_MM)) {
      throw FiduciaException.badInput("the grids differ", pred,
          "reference " + describe(a) + ", prediction " + describe(b),
          "predict on the image that was contoured, or resample the prediction onto it");
    }
    TreeSet<Integer> known = new TreeSet<>(List.of(0));
    structures.forEach(s -> known.addAll(s.labels()));
    ignoreLabel.ifPresent(known::add);
    List<String> messages = new ArrayList<>();
    for (Map.Entry<String, LabelVolume> side : List.of(Map.entry("reference", reference),
        Map.entry("prediction", prediction))) {
      TreeSet<Integer> unknown = labels(side.getValue());
      unknown.removeAll(known);
      if (!unknown.isEmpty()) {
        messages.add("labels " + unknown + " of the " + side.getKey()
            + " are none of the structures and were not evaluated");
      }
    }
    return new Outcome(Optional.of(new CaseScores(id, ref, pred,
        score(reference, prediction, structures, ignoreLabel))), messages);
  }

  /** The label values of a map, background among them. */
  private static TreeSet<Integer> labels(LabelVolume map) {
    boolean[] seen = new boolean[1 << 15];
    for (short v : map.data()) {
      seen[Math.max(v, 0)] = true;
    }
    TreeSet<Integer> labels = new TreeSet<>();
    for (int label = 0; label < seen.length; label++) {
      if (seen[label]) {
        labels.add(label);
      }
    }
    return labels;
  }

  private static String describe(Geometry g) {
    return String.format(java.util.Locale.ROOT,
        "%s at %.4gx%.4gx%.4g mm, origin (%.4g, %.4g, %.4g)",
        g.size(), g.spacingMm().x(), g.spacingMm().y(), g.spacingMm().z(), g.originMm().x(),
        g.originMm().y(), g.originMm().z());
  }

  private static List<Structure> labelsIn(List<String> ids, Map<String, Path> ref,
      Map<String, Path> pred) {
    TreeSet<Integer> labels = new TreeSet<>();
    for (String id : ids) {
      for (Path file : List.of(ref.get(id), pred.get(id))) {
        try {
          labels.addAll(labels(NiftiReader.read(file).toLabelVolume()));
        } catch (FiduciaException e) {
          // The case itself will be reported when it is scored.
          continue;
        }
      }
    }
    labels.remove(0);
    return labels.stream().map(Structure::ofLabel).toList();
  }

  private static Map<String, Path> labelMaps(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw FiduciaException.badInput("no such folder", folder, "expected a folder of label maps",
          "check the path");
    }
    Map<String, Path> byId = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        String id = name.endsWith(".nii.gz")
            ? name.substring(0, name.length() - 7)
            : name.endsWith(".nii") ? name.substring(0, name.length() - 4) : "";
        if (id.isEmpty() || name.startsWith(".")) {
          continue;
        }
        Path twin = byId.put(id, file);
        if (twin != null) {
          throw FiduciaException.badInput("one case twice", folder,
              twin.getFileName() + " and " + name + " are the same case",
              "keep one of the two files");
        }
      }
    } catch (IOException e) {
      throw FiduciaException.badInput("cannot list the folder", folder, String.valueOf(e),
          "check that it may be read", e);
    }
    return byId;
  }
}
