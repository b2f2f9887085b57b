package io.fiducia.nnunet.infer;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.preprocess.CaseExport;
import io.fiducia.nnunet.preprocess.PreprocessedCase;
import io.fiducia.nnunet.preprocess.Preprocessor;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Device;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Segments images with a trained nnU-Net model folder. */
public final class Predictor {
  private static final String TASK = "Predict";

  /**
   * How to predict.
   *
   * @param stepFraction distance between tiles as a share of the patch; nnU-Net's is 0.5
   * @param mirroring whether to average over the mirrorings that the model allows
   * @param folds which folds to average; empty: all that there are
   */
  public record Options(double stepFraction, boolean mirroring,
      SlidingWindow.Accumulation accumulation, List<String> folds, String checkpointName,
      Device device, boolean overwrite) {
    public Options {
      folds = List.copyOf(folds);
      if (!(stepFraction > 0 && stepFraction <= 1)) {
        throw FiduciaException.usage("the step must lie above 0 and not above 1",
            "found " + stepFraction, "nnU-Net's default is 0.5");
      }
    }
  }

  /** A case that could not be segmented. */
  public record Failure(String caseId, FiduciaException error) {}

  private final ModelFolder model;
  private final Options options;
  private final List<ModelFolder.Fold> folds;
  private final Configuration configuration;
  private final Preprocessor preprocessor;
  private final Progress progress;
  private final Cancellation cancellation;

  /** Opens the model's checkpoints. */
  public Predictor(ModelFolder model, Options options, Progress progress,
      Cancellation cancellation) {
    this.model = model;
    this.options = options;
    this.progress = progress;
    this.cancellation = cancellation;
    List<String> names = options.folds().isEmpty()
        ? model.folds(options.checkpointName())
        : options.folds();
    if (names.isEmpty()) {
      throw FiduciaException.badInput("the model has no trained fold", model.folder(),
          "no fold_N/" + options.checkpointName(),
          "train first, or name another checkpoint with -chk checkpoint_latest.pth");
    }
    this.folds = names.stream().map(f -> model.fold(f, options.checkpointName())).toList();
    this.configuration = model.plans().configuration(folds.get(0).configuration());
    this.preprocessor = new Preprocessor(model.plans(), configuration, model.dataset());
  }

  /**
   * Segments the cases one by one and writes {@code out/CASE} with the dataset's file ending; returns
   * the cases that failed. The next case is read while the network works.
   *
   * @throws FiduciaException CANCELLED, OUT_OF_RESOURCES, or BAD_INPUT about the model
   */
  public List<Failure> predict(List<RawCase> cases, Path out) {
    List<Failure> failures = new ArrayList<>();
    List<RawCase> todo = new ArrayList<>();
    for (RawCase c : cases) {
      if (options.overwrite() || !Files.exists(target(out, c))) {
        todo.add(c);
      }
    }
    progress.started(TASK, todo.size(), "case");
    try (Autograd.Guard off = Autograd.noGrad();
        UNet network = UNet.create(configuration.architecture(), model.dataset().channels().size(),
            model.dataset().labelSet().outputs(), options.device(), 0)) {
      network.load(folds.get(0).weights()).requireComplete(folds.get(0).file());
      CompletableFuture<PreprocessedCase> next = todo.isEmpty()
          ? CompletableFuture.completedFuture(null)
          : preprocess(todo.get(0));
      for (int i = 0; i < todo.size(); i++) {
        cancellation.check("prediction");
        RawCase c = todo.get(i);
        CompletableFuture<PreprocessedCase> current = next;
        if (i + 1 < todo.size()) {
          next = preprocess(todo.get(i + 1));
        }
        try {
          segment(network, await(current), target(out, c));
        } catch (FiduciaException e) {
          if (e.kind() != FiduciaException.Kind.BAD_INPUT) {
            throw e;
          }
          failures.add(new Failure(c.id(), e));
        }
        progress.advanced(TASK, i + 1, c.id());
      }
    } finally {
      progress.finished(TASK);
    }
    return failures;
  }

  private Path target(Path out, RawCase c) {
    return out.resolve(c.id() + model.dataset().fileEnding());
  }

  private CompletableFuture<PreprocessedCase> preprocess(RawCase c) {
    return CompletableFuture.supplyAsync(
        () -> preprocessor.runInference(c, cancellation));
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

  private void segment(UNet network, PreprocessedCase c, Path target) {
    int[] patch = patch();
    int outputs = model.dataset().labelSet().outputs();
    float[][] logits = new float[0][];
    for (ModelFolder.Fold fold : folds) {
      if (folds.size() > 1) {
        network.load(fold.weights()).requireComplete(fold.file());
      }
      SlidingWindow window = new SlidingWindow(patch, options.stepFraction(),
          options.mirroring() ? fold.mirrorAxes() : List.of(), options.accumulation());
      float[][] one = window.predict(c.data(), c.shape(), outputs,
          input -> forward(network, input, patch), done -> {}, cancellation);
      if (logits.length == 0) {
        logits = one;
      } else {
        add(logits, one);
      }
    }
    if (folds.size() > 1) {
      for (float[] channel : logits) {
        for (int i = 0; i < channel.length; i++) {
          channel[i] /= folds.size();
        }
      }
    }
    short[] labels = LabelExport.toLabels(logits, c.shape(),
        model.dataset().labelSet().outputLabels(), configuration.probabilities(), c.properties());
    NiftiWriter.writeLabels(target, CaseExport.toFile(labels, c.properties()));
  }

  private static void add(float[][] sum, float[][] one) {
    for (int k = 0; k < sum.length; k++) {
      for (int i = 0; i < sum[k].length; i++) {
        sum[k][i] += one[k][i];
      }
    }
  }

  private float[] forward(UNet network, float[] input, int[] patch) {
    int channels = model.dataset().channels().size();
    try (TorchScope step = TorchScope.open("patch")) {
      Tensor x = patch[0] == 1 && configuration.patchSize().size() == 2
          ? Tensor.of(input, options.device(), 1, channels, patch[1], patch[2])
          : Tensor.of(input, options.device(), 1, channels, patch[0], patch[1], patch[2]);
      return network.forward(x, false).get(0).toFloats();
    }
  }

  /** The patch with three axes: a 2D configuration sees one slice at a time. */
  private int[] patch() {
    int[] p = configuration.patchSize().stream().mapToInt(Integer::intValue).toArray();
    return p.length == 3 ? p : new int[]{1, p[0], p[1]};
  }
}
