package io.fiducia.nnunet.infer;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.learn.window.SlidingWindow;
import io.fiducia.learn.window.SumMemory;
import io.fiducia.nnunet.cases.CaseExport;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.dataset.RawCase;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.preprocess.Preprocessor;
import io.fiducia.nnunet.store.ProbabilityFile;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.DType;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.volume.LabelVolume;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** A model folder's networks in memory, one a fold; belongs to the thread that opened it. */
final class LoadedModel implements AutoCloseable {
  /** Voxels of a case whose reading leaves more garbage than a collection's tenth of a second is worth. */
  private static final int LARGE_CASE = 10_000_000;

  private final ModelFolder model;
  private final Predictor.Options options;
  private final List<ModelFolder.Fold> folds;
  private final CascadeStages stages;
  private final Configuration configuration;
  private final Preprocessor preprocessor;
  private final List<UNet> networks = new ArrayList<>();
  private final SlidingWindow window;
  private final boolean cascade;

  /**
   * Reads the checkpoints of the folds.
   *
   * @throws FiduciaException BAD_INPUT if there is no such fold or the weights do not fit the plans;
   *     USAGE if the device lacks the precision
   */
  LoadedModel(ModelFolder model, Predictor.Options options) {
    this(model, options, CascadeStages.none());
  }

  /** As above, for the validation of a cascade's stages. */
  LoadedModel(ModelFolder model, Predictor.Options options, CascadeStages stages) {
    this.stages = stages;
    this.model = model;
    this.options = options;
    options.precision().check(options.device());
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
    this.cascade = options.previousStage().isPresent() || stages.previous().isPresent();
    if (configuration.previousStage().isPresent() != cascade) {
      throw configuration.previousStage().isPresent()
          ? FiduciaException.usage("the model is the second stage of a cascade",
              configuration.name() + " needs what " + configuration.previousStage().get()
                  + " predicted",
              "predict with " + configuration.previousStage().get()
                  + " first and give its folder with -prev_stage_predictions")
          : FiduciaException.usage("the model takes no prediction of a previous stage",
              configuration.name() + " is not the second stage of a cascade",
              "leave out -prev_stage_predictions");
    }
    // As upstream, the first fold says which axes may be mirrored.
    this.window = new SlidingWindow(patch(), options.stepFraction(),
        options.mirroring() ? folds.get(0).mirrorAxes() : List.of(), options.accumulation());
    int inputs = model.dataset().channels().size()
        + (configuration.previousStage().isPresent() ? labels().foregroundValues().size() : 0);
    try {
      for (ModelFolder.Fold fold : folds) {
        UNet network = UNet.create(configuration.architecture(), inputs, labels().outputs(),
            options.device(), 0);
        networks.add(network);
        network.load(fold.weights()).requireComplete(fold.file());
      }
    } catch (FiduciaException e) {
      close();
      throw e;
    }
  }

  /** Reads and prepares a case for this model; safe to use on other threads. */
  PreprocessedCase prepare(RawCase c, Cancellation cancellation) {
    if (options.previousStage().isEmpty()) {
      return stages.withPrevious(preprocessor.runInference(c, cancellation));
    }
    Path file = options.previousStage().get().resolve(c.id() + model.dataset().fileEnding());
    return preprocessor.runInference(c, file, cancellation);
  }

  /** Prepares images in memory. */
  Preprocessor preprocessor() {
    return preprocessor;
  }

  List<ModelFolder.Fold> folds() {
    return folds;
  }

  /** The number of patches that a case takes, all folds together. */
  long patches(PreprocessedCase c) {
    return window.tileCount(c.shape()) * networks.size();
  }

  /**
   * The label map of a case on the grid of its file; folds and mirrorings are averaged.
   *
   * @param probabilities where probabilities are to be written, if anywhere
   * @param scratch a folder for files that live as long as this call
   */
  LabelVolume segment(PreprocessedCase c, Optional<ProbabilityFile> probabilities, Path scratch,
      Consumer<String> told, LongConsumer patchDone, Cancellation cancellation) {
    boolean half = options.accumulation() == SlidingWindow.Accumulation.HALF;
    try (ProbabilityScratch waiting = probabilities.isEmpty()
        ? null
        : new ProbabilityScratch(
            scratch.resolve("." + c.id() + "." + Long.toHexString(System.nanoTime()) + ".part"),
            labels().outputs(), c.properties().shapeAfterCropping())) {
      LabelExport export = new LabelExport(c.shape(), labels(), configuration.probabilities(),
          c.properties(), half, Optional.ofNullable(waiting));
      List<LabelExport> next = stages.exports(c, labels(), configuration.probabilities());
      float[][] input = input(c);
      if (input[0].length > LARGE_CASE) {
        // What its files were read into is garbage now, and must not lie beside the network.
        System.gc();
      }
      MemoryNeed need = new MemoryNeed(configuration, labels().outputs(),
          input.length, c.shape());
      SumMemory memory = new SumMemory(options.device(), need.leftForSums(options.device()),
          scratch, told);
      try (Autograd.Guard off = Autograd.noGrad();
          Autograd.Guard precision = options.precision().guard(options.device())) {
        window.predict(new SlidingWindow.Image(input, c.shape()), labels().outputs(),
            networks.stream().<SlidingWindow.Network>map(n -> x -> forward(n, x)).toList(), memory,
            sink(export, next), patchDone, cancellation);
      }
      stages.write(c, next);
      probabilities
          .ifPresent(p -> waiting.finish(p, c.properties(), labels().hasRegions()));
      return CaseExport.toFile(export.labels(), c.properties());
    }
  }

  private static SlidingWindow.PlaneSink sink(LabelExport export, List<LabelExport> next) {
    return (z, logits) -> {
      export.accept(z, logits);
      next.forEach(n -> n.accept(z, logits));
    };
  }

  private Tensor forward(UNet network, Tensor x) {
    try (TorchScope scope = TorchScope.open("network")) {
      Tensor logits = network.forward(options.precision().laidOut(x), false).get(0);
      return scope.keep(logits.to(DType.FLOAT32).contiguous());
    }
  }

  /** Image channels; in a cascade, one more for each label that the first stage may have found. */
  private float[][] input(PreprocessedCase c) {
    if (!cascade) {
      return c.data();
    }
    List<float[]> channels = new ArrayList<>(List.of(c.data()));
    for (int label : labels().foregroundValues()) {
      float[] channel = new float[c.seg().length];
      for (int i = 0; i < channel.length; i++) {
        channel[i] = c.seg()[i] == label ? 1 : 0;
      }
      channels.add(channel);
    }
    return channels.toArray(float[][]::new);
  }

  private Labels labels() {
    return model.dataset().labelSet();
  }

  /** The patch with three axes: a 2D configuration sees one slice at a time. */
  private int[] patch() {
    int[] p = configuration.patchSize().stream().mapToInt(Integer::intValue).toArray();
    return p.length == 3 ? p : new int[]{1, p[0], p[1]};
  }

  @Override
  public void close() {
    networks.forEach(UNet::close);
  }
}
