package io.fiducia.metrics;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.Structure;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Scores predicted contours against references, case by case. */
public final class FolderEvaluator {
  private FolderEvaluator() {}

  /**
   * What to score, and how.
   *
   * @param structures the structures of label maps; empty: every label found in any file
   * @param ignoreLabel reference label to leave out
   * @param requireAllReferences whether a reference without a prediction is a problem; nnU-Net scores
   *     the predictions that exist
   * @param annotation which structures are contoured in which case
   * @param resampling how a prediction is brought onto the reference's grid; empty: a grid that
   *     differs is an error
   * @param format what the files of both sides are
   */
  public record Options(List<Structure> structures, OptionalInt ignoreLabel,
      boolean requireAllReferences, MetricSet metrics, PartialAnnotation annotation,
      Optional<Resampling> resampling, LabelMapFormat format) {
    public Options {
      structures = List.copyOf(structures);
    }

    /** Overlap and volumes of fully annotated cases in NIfTI files. */
    public Options(List<Structure> structures, OptionalInt ignoreLabel,
        boolean requireAllReferences) {
      this(structures, ignoreLabel, requireAllReferences, MetricSet.overlap(),
          PartialAnnotation.complete(), Optional.empty(), LabelMapFormat.NIFTI);
    }

    /** The same with other metrics. */
    public Options with(MetricSet other) {
      return new Options(structures, ignoreLabel, requireAllReferences, other, annotation,
          resampling, format);
    }

    /** The same where not all structures are contoured in all cases. */
    public Options with(PartialAnnotation other) {
      return new Options(structures, ignoreLabel, requireAllReferences, metrics, other,
          resampling, format);
    }

    /** The same, resampling predictions whose grid differs. */
    public Options with(Resampling how) {
      return new Options(structures, ignoreLabel, requireAllReferences, metrics, annotation,
          Optional.of(how), format);
    }

    /** The same for files of another format. */
    public Options with(LabelMapFormat other) {
      return new Options(structures, ignoreLabel, requireAllReferences, metrics, annotation,
          resampling, other);
    }
  }

  /**
   * The scores of all cases that have contours on both sides, in the order of their names. Cases on
   * one side only, and cases that cannot be read or compared, are named in {@link
   * Evaluation#problems()}. One case is in memory per worker. Either side may be a folder (see {@link
   * ContourFolder}) or, if one of them is a file, a single case.
   *
   * @throws FiduciaException BAD_INPUT if a folder is missing, a case is there twice, or no case at
   *     all could be scored
   */
  public static Evaluation evaluate(Path references, Path predictions, Options options,
      Progress progress, Cancellation cancellation) {
    if (Files.isRegularFile(references) || Files.isRegularFile(predictions)) {
      return evaluateOne(references, predictions, options, progress, cancellation);
    }
    return evaluate(filled(references, options.format()), filled(predictions, options.format()),
        predictions, options, progress, cancellation);
  }

  /** The cases of a folder that has some. */
  private static SortedMap<String, CaseContours> filled(Path folder, LabelMapFormat format) {
    SortedMap<String, CaseContours> cases = ContourFolder.cases(folder, format);
    if (cases.isEmpty()) {
      throw FiduciaException.badInput("nothing can be evaluated", folder,
          "the folder holds no label maps: expected files that end in " + format.endingsText()
              + ", or one folder per case",
          "check the path; files of another format need a dataset.json beside the references that"
              + " states their file_ending");
    }
    return cases;
  }

  /** Scores two files, or folders with one file per structure, as a single case. */
  public static Evaluation evaluateOne(Path reference, Path prediction, Options options,
      Progress progress, Cancellation cancellation) {
    LabelMapFormat format = options.format();
    String stem = format.stem(reference.toAbsolutePath());
    String id = stem.isEmpty() ? reference.toAbsolutePath().getFileName().toString() : stem;
    SortedMap<String, CaseContours> ref = new TreeMap<>(
        Map.of(id, ContourFolder.one(reference, format)));
    SortedMap<String, CaseContours> pred = new TreeMap<>(
        Map.of(id, ContourFolder.one(prediction, format)));
    return evaluate(ref, pred, prediction, options, progress, cancellation);
  }

  /**
   * The scores of the cases of a folder against references that are label maps given by case name.
   * Errors and problems are those of {@link #evaluate(Path, Path, Options, Progress, Cancellation)}.
   */
  public static Evaluation evaluate(Map<String, Path> references, Path predictions,
      Options options, Progress progress, Cancellation cancellation) {
    SortedMap<String, CaseContours> ref = new TreeMap<>();
    references.forEach((id, file) -> ref.put(id, new CaseContours.LabelMap(file)));
    return evaluate(ref, filled(predictions, options.format()), predictions, options, progress,
        cancellation);
  }

  /** The metrics of two label maps of three dimensions on one grid, by structure key. */
  public static Map<String, Map<String, Double>> score(LabelVolume reference,
      LabelVolume prediction, List<Structure> structures, OptionalInt ignoreLabel,
      MetricSet metrics) {
    return score(LabelMapContent.volume(reference), LabelMapContent.volume(prediction), structures,
        ignoreLabel, metrics);
  }

  /** The metrics of two label maps on one grid, by structure key; the reference says if it is a plane. */
  public static Map<String, Map<String, Double>> score(LabelMapContent reference,
      LabelMapContent prediction, List<Structure> structures, OptionalInt ignoreLabel,
      MetricSet metrics) {
    return new CaseEvaluator(new Options(structures, ignoreLabel, true).with(metrics))
        .score(reference, prediction, structures);
  }

  private static Evaluation evaluate(SortedMap<String, CaseContours> ref,
      SortedMap<String, CaseContours> pred, Path predictions, Options options, Progress progress,
      Cancellation cancellation) {
    List<Evaluation.Problem> problems = new ArrayList<>();
    List<String> both = pair(ref, pred, options.requireAllReferences(), problems);
    StructureChoice choice = StructureChoice.of(both.stream().map(ref::get).toList(),
        both.stream().map(pred::get).toList(), options.structures());
    choice.leftOut().forEach(m -> problems.add(new Evaluation.Problem("all cases", m)));
    if (!choice.unreferenced().isEmpty()) {
      progress.note("predicted without a reference, not evaluated: "
          + String.join(", ", choice.unreferenced()));
    }
    String task = "Evaluate";
    progress.started(task, both.size(), "case");
    AtomicInteger done = new AtomicInteger();
    CaseEvaluator evaluator = new CaseEvaluator(options);
    List<Outcome> outcomes = both.parallelStream().map(id -> {
      cancellation.check("evaluation");
      Outcome outcome = attempt(evaluator, id, ref.get(id), pred.get(id), choice);
      progress.advanced(task, done.incrementAndGet(), id);
      return outcome;
    }).toList();
    progress.finished(task);
    warn(outcomes, progress);
    List<CaseEvaluator.Result> results = new ArrayList<>();
    for (int i = 0; i < outcomes.size(); i++) {
      String id = both.get(i);
      outcomes.get(i).result().ifPresent(results::add);
      outcomes.get(i).messages().forEach(m -> problems.add(new Evaluation.Problem(id, m)));
    }
    if (results.stream().allMatch(r -> r.scores().byStructure().isEmpty())) {
      throw nothing(predictions, problems);
    }
    List<Structure> structures = choice.discover() ? discovered(results) : choice.structures();
    return new Evaluation(structures, scores(results, structures, choice.discover()), ref.size(),
        pred.size(), problems);
  }

  /** Reports what is doubtful about the files, once for all files of which it is true. */
  private static void warn(List<Outcome> outcomes, Progress progress) {
    Map<String, List<String>> files = new LinkedHashMap<>();
    outcomes.stream().flatMap(o -> o.result().stream()).flatMap(r -> r.warnings().stream())
        .forEach(w -> files.computeIfAbsent(w.text(), t -> new ArrayList<>()).add(w.file()));
    files.forEach((text, names) -> {
      int more = names.size() - 1;
      String others = more == 0 ? "" : " and " + more + (more == 1 ? " more file" : " more files");
      progress.warning(names.get(0) + others + ": " + text);
    });
  }

  /** What came of one case. */
  private record Outcome(Optional<CaseEvaluator.Result> result, List<String> messages) {}

  private static Outcome attempt(CaseEvaluator evaluator, String id, CaseContours ref,
      CaseContours pred, StructureChoice choice) {
    try {
      if (choice.structures().isEmpty() && !choice.discover()) {
        return new Outcome(Optional.empty(), List.of());
      }
      CaseEvaluator.Result result = evaluator.score(id, ref, pred, choice.structures());
      return new Outcome(Optional.of(result), result.messages());
    } catch (FiduciaException e) {
      if (e.kind() != FiduciaException.Kind.BAD_INPUT) {
        throw e;
      }
      return new Outcome(Optional.empty(), List.of(CaseEvaluator.message(e, ref, pred)));
    }
  }

  /** The cases that are on both sides; the others become problems. */
  private static List<String> pair(SortedMap<String, CaseContours> ref,
      SortedMap<String, CaseContours> pred, boolean requireAllReferences,
      List<Evaluation.Problem> problems) {
    List<String> both = new ArrayList<>();
    for (String id : new TreeSet<>(Stream.concat(ref.keySet().stream(), pred.keySet().stream())
        .toList())) {
      if (!pred.containsKey(id)) {
        if (requireAllReferences) {
          problems.add(new Evaluation.Problem(id, "no prediction of that name"));
        }
      } else if (!ref.containsKey(id)) {
        problems.add(new Evaluation.Problem(id, "no reference of that name"));
      } else {
        both.add(id);
      }
    }
    return both;
  }

  private static FiduciaException nothing(Path predictions, List<Evaluation.Problem> problems) {
    String why = !problems.isEmpty()
        ? problems.get(0).caseId() + ": " + problems.get(0).message()
        : "no structure is annotated in any case";
    return FiduciaException.badInput("nothing can be evaluated", predictions, why,
        problems.isEmpty()
            ? "check which structures are said to be annotated"
            : "fix what is named, or take it out of the folder");
  }

  /** Every label that some case holds. */
  private static List<Structure> discovered(List<CaseEvaluator.Result> results) {
    TreeSet<Integer> labels = new TreeSet<>();
    results.forEach(r -> r.scores().byStructure().keySet()
        .forEach(key -> labels.add(Integer.valueOf(key))));
    return labels.stream().map(Structure::ofLabel).toList();
  }

  /** The scores; where labels were discovered, a label that a case lacks is absent on both sides. */
  private static List<CaseScores> scores(List<CaseEvaluator.Result> results,
      List<Structure> structures, boolean discovered) {
    if (!discovered) {
      return results.stream().map(CaseEvaluator.Result::scores).toList();
    }
    return results.stream().map(r -> {
      Map<String, Map<String, Double>> all = new LinkedHashMap<>();
      for (Structure s : structures) {
        all.put(s.key(), r.scores().byStructure().getOrDefault(s.key(), r.absent()));
      }
      return new CaseScores(r.scores().id(), r.scores().reference(), r.scores().prediction(), all);
    }).toList();
  }
}
