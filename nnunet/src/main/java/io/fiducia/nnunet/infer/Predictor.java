package io.fiducia.nnunet.infer;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.base.Progress;
import io.fiducia.nnunet.cases.CaseExport;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.preprocess.Preprocessor;
import io.fiducia.nnunet.store.ProbabilityFile;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Segments files with a trained nnU-Net model folder: a {@link NnunetSegmenter} on many cases. */
public final class Predictor {
  private static final String TASK = "Predict";

  /**
   * How to predict.
   *
   * @param overwrite whether cases whose output exists are predicted again; otherwise they are left,
   *     unless the output is damaged
   * @param probabilities whether CASE.npz and CASE.pkl are written too
   * @param previousStage folder of label maps that a cascade's first stage predicted
   */
  public record Options(ModelOptions model, boolean overwrite, boolean probabilities,
      Optional<Path> previousStage) {
    /** Label maps only, existing ones are left, no cascade. */
    public static Options of(ModelOptions model) {
      return new Options(model, false, false, Optional.empty());
    }

    /** The same, with or without predicting cases again whose output exists. */
    public Options withOverwrite(boolean wanted) {
      return new Options(model, wanted, probabilities, previousStage);
    }

    /** The same, with or without files of probabilities. */
    public Options withProbabilities(boolean wanted) {
      return new Options(model, overwrite, wanted, previousStage);
    }

    /** The same, with a folder of label maps that a cascade's first stage predicted. */
    public Options withPreviousStage(Optional<Path> labelMaps) {
      return new Options(model, overwrite, probabilities, labelMaps);
    }
  }

  /** A case that could not be segmented. */
  public record Failure(String caseId, FiduciaException error) {}

  /** A case, and what reads and prepares it; that runs on another thread. */
  private record Task(String id, Function<Preprocessor, PreprocessedCase> prepare) {}

  private final ModelFolder model;
  private final Options options;
  private final Progress progress;
  private final Cancellation cancellation;
  private final CascadeStages stages;

  /** A predictor. */
  public Predictor(ModelFolder model, Options options, Progress progress,
      Cancellation cancellation) {
    this(model, options, CascadeStages.none(), progress, cancellation);
  }

  /** A predictor for the validation of a cascade's stages. */
  public Predictor(ModelFolder model, Options options, CascadeStages stages, Progress progress,
      Cancellation cancellation) {
    this.stages = stages;
    this.model = model;
    this.options = options;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /**
   * Segments the cases one by one and writes {@code out/CASE} with the dataset's file ending; returns
   * the cases that failed. The next case is read while the network works.
   *
   * @throws FiduciaException CANCELLED, OUT_OF_RESOURCES, or BAD_INPUT about the model
   */
  public List<Failure> predict(List<RawCase> cases, Path out) {
    return run(cases.stream().map(c -> new Task(c.id(), p -> prepare(p, c))).toList(), out);
  }

  /**
   * Segments cases that are preprocessed already; errors and order as {@link #predict}.
   *
   * @param ids the cases' names
   * @param read reads a case; called on other threads
   */
  public List<Failure> predictPrepared(List<String> ids, Function<String, PreprocessedCase> read,
      Path out) {
    return run(ids.stream()
        .map(id -> new Task(id, p -> stages.withPrevious(read.apply(id)))).toList(), out);
  }

  private PreprocessedCase prepare(Preprocessor preprocessor, RawCase c) {
    return options.previousStage()
        .map(folder -> preprocessor.runInference(c,
            folder.resolve(c.id() + model.dataset().fileEnding()), progress, cancellation))
        .orElseGet(
            () -> stages.withPrevious(preprocessor.runInference(c, progress, cancellation)));
  }

  private List<Failure> run(List<Task> cases, Path out) {
    FileNames.checkApart(cases.stream().map(Task::id).toList(), out, progress);
    List<Failure> failures = new ArrayList<>();
    FinishedCases finished = new FinishedCases(out, model, options.probabilities());
    List<Task> todo = cases.stream()
        .filter(c -> options.overwrite() || !finished.has(c.id(), progress::warning)).toList();
    progress.started(TASK, todo.size(), "case");
    try (NnunetSegmenter segmenter = open(out)) {
      List<CompletableFuture<PreprocessedCase>> ready = new ArrayList<>();
      for (int i = 0; i < todo.size(); i++) {
        cancellation.check("prediction");
        for (int ahead = ready.size(); ahead < Math.min(i + 2, todo.size()); ahead++) {
          Task c = todo.get(ahead);
          Preprocessor preprocessor = segmenter.model().preprocessor();
          ready.add(CompletableFuture.supplyAsync(() -> c.prepare().apply(preprocessor)));
        }
        try {
          segment(segmenter, await(ready.get(i)), out);
        } catch (FiduciaException e) {
          if (e.kind() != FiduciaException.Kind.BAD_INPUT) {
            throw e;
          }
          failures.add(new Failure(todo.get(i).id(), e));
        }
        // The arrays of a finished case must not wait for the end of the list.
        ready.set(i, CompletableFuture.completedFuture(null));
        progress.advanced(TASK, i + 1, todo.get(i).id());
      }
    } finally {
      progress.finished(TASK);
    }
    return failures;
  }

  private NnunetSegmenter open(Path out) {
    options.model().precision().check(options.model().device());
    ChosenFolds chosen = ChosenFolds.read(model, options.model().weights());
    boolean given = options.previousStage().isPresent() || stages.previous().isPresent();
    Optional<String> needed = chosen.configuration().previousStage();
    if (needed.isPresent() && !given) {
      throw FiduciaException.usage("the model is the second stage of a cascade",
          chosen.configuration().name() + " needs what " + needed.get() + " predicted",
          "predict with " + needed.get()
              + " first and give its folder with -prev_stage_predictions");
    }
    if (needed.isEmpty() && given) {
      throw FiduciaException.usage("the model takes no prediction of a previous stage",
          chosen.configuration().name() + " is not the second stage of a cascade",
          "leave out -prev_stage_predictions");
    }
    return NnunetSegmenter.ofPreparedStages(chosen, options.model(), stages, out);
  }

  private void segment(NnunetSegmenter segmenter, PreprocessedCase c, Path out) {
    Optional<ProbabilityFile> probabilities = options.probabilities()
        ? Optional.of(new ProbabilityFile(out, c.id()))
        : Optional.empty();
    LabelVolume labels = segmenter.labels(c, probabilities, progress, cancellation);
    // Last, so that where the label map is all else is too.
    CaseExport.write(out.resolve(c.id() + model.dataset().fileEnding()), labels, c.properties());
  }

  private static PreprocessedCase await(CompletableFuture<PreprocessedCase> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
