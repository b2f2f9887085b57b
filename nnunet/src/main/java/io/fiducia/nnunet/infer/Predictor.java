package io.fiducia.nnunet.infer;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.learn.window.Precision;
import io.fiducia.learn.window.SlidingWindow;
import io.fiducia.nnunet.cases.CaseExport;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.store.ProbabilityFile;
import io.fiducia.torch.Device;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Segments files with a trained nnU-Net model folder. */
public final class Predictor {
  private static final String TASK = "Predict";

  /**
   * How to predict.
   *
   * @param stepFraction distance between tiles as a share of the patch; nnU-Net's is 0.5
   * @param mirroring whether to average over the mirrorings that the model allows
   * @param folds which folds to average; empty: all that there are
   * @param overwrite whether cases whose files are there are made anew; otherwise they are left
   * @param probabilities whether CASE.npz and CASE.pkl are written too
   * @param previousStage label maps that a cascade's first stage predicted
   */
  public record Options(double stepFraction, boolean mirroring,
      SlidingWindow.Accumulation accumulation, List<String> folds, String checkpointName,
      Device device, boolean overwrite, Precision precision, boolean probabilities,
      Optional<Path> previousStage) {
    public Options {
      folds = List.copyOf(folds);
      if (!(stepFraction > 0 && stepFraction <= 1)) {
        throw FiduciaException.usage("the step must lie above 0 and not above 1",
            "found " + stepFraction, "nnU-Net's default is 0.5");
      }
    }

    /** Single precision, label maps only, no cascade. */
    public Options(double stepFraction, boolean mirroring,
        SlidingWindow.Accumulation accumulation, List<String> folds, String checkpointName,
        Device device, boolean overwrite) {
      this(stepFraction, mirroring, accumulation, folds, checkpointName, device, overwrite,
          Precision.FP32, false, Optional.empty());
    }

    /** The same, in another precision. */
    public Options withPrecision(Precision other) {
      return new Options(stepFraction, mirroring, accumulation, folds, checkpointName, device,
          overwrite, other, probabilities, previousStage);
    }

    /** The same, with or without files of probabilities. */
    public Options withProbabilities(boolean wanted) {
      return new Options(stepFraction, mirroring, accumulation, folds, checkpointName, device,
          overwrite, precision, wanted, previousStage);
    }

    /** The same, with a folder of label maps that a cascade's first stage predicted. */
    public Options withPreviousStage(Optional<Path> labelMaps) {
      return new Options(stepFraction, mirroring, accumulation, folds, checkpointName, device,
          overwrite, precision, probabilities, labelMaps);
    }
  }

  /** A case that could not be segmented. */
  public record Failure(String caseId, FiduciaException error) {}

  private final ModelFolder model;
  private final Options options;
  private final Progress progress;
  private final Cancellation cancellation;
  private final CascadeStages stages;

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
    return run(cases, RawCase::id, (loaded, c) -> loaded.prepare(c, cancellation), out);
  }

  /**
   * Segments cases that are preprocessed already; errors and order as {@link #predict}.
   *
   * @param ids the cases' names
   * @param read reads a case; called on other threads
   */
  public List<Failure> predictPrepared(List<String> ids, Function<String, PreprocessedCase> read,
      Path out) {
    return run(ids, id -> id, (loaded, id) -> stages.withPrevious(read.apply(id)), out);
  }

  private <T> List<Failure> run(List<T> cases, Function<T, String> id,
      BiFunction<LoadedModel, T, PreprocessedCase> prepare, Path out) {
    List<Failure> failures = new ArrayList<>();
    List<T> todo = cases.stream().filter(c -> options.overwrite() || !done(out, id.apply(c)))
        .toList();
    progress.started(TASK, todo.size(), "case");
    try (LoadedModel loaded = new LoadedModel(model, options, stages)) {
      List<CompletableFuture<PreprocessedCase>> ready = new ArrayList<>();
      for (int i = 0; i < todo.size(); i++) {
        cancellation.check("prediction");
        for (int ahead = ready.size(); ahead < Math.min(i + 2, todo.size()); ahead++) {
          T c = todo.get(ahead);
          ready.add(CompletableFuture.supplyAsync(() -> prepare.apply(loaded, c)));
        }
        try {
          segment(loaded, await(ready.get(i)), out);
        } catch (FiduciaException e) {
          if (e.kind() != FiduciaException.Kind.BAD_INPUT) {
            throw e;
          }
          failures.add(new Failure(id.apply(todo.get(i)), e));
        }
        // The arrays of a finished case must not wait for the end of the list.
        ready.set(i, CompletableFuture.completedFuture(null));
        progress.advanced(TASK, i + 1, id.apply(todo.get(i)));
      }
    } finally {
      progress.finished(TASK);
    }
    return failures;
  }

  private void segment(LoadedModel loaded, PreprocessedCase c, Path out) {
    Optional<ProbabilityFile> probabilities = options.probabilities()
        ? Optional.of(new ProbabilityFile(out, c.id()))
        : Optional.empty();
    String task = "Patches of " + c.id();
    progress.started(task, loaded.patches(c), "patch");
    LabelVolume labels;
    try {
      labels = loaded.segment(c, probabilities, out, progress::warning,
          done -> progress.advanced(task, done, ""), cancellation);
    } finally {
      progress.finished(task);
    }
    // Last, so that where the label map is all else is too.
    CaseExport.write(out.resolve(c.id() + model.dataset().fileEnding()), labels, c.properties());
  }

  /** Whether nothing is left to do for a case. */
  private boolean done(Path out, String id) {
    return Files.exists(out.resolve(id + model.dataset().fileEnding()))
        && (!options.probabilities() || Files.exists(new ProbabilityFile(out, id).arrays()));
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
