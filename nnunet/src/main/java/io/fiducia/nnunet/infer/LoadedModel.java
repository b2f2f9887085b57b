package io.fiducia.nnunet.infer;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.preprocess.CaseExport;
import io.fiducia.nnunet.preprocess.PreprocessedCase;
import io.fiducia.nnunet.preprocess.Preprocessor;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.volume.LabelVolume;
import java.util.List;
import java.util.function.LongConsumer;

/** A model folder's network in memory; belongs to the thread that opened it. */
final class LoadedModel implements AutoCloseable {
  private final ModelFolder model;
  private final Predictor.Options options;
  private final List<ModelFolder.Fold> folds;
  private final Configuration configuration;
  private final Preprocessor preprocessor;
  private final UNet network;

  /**
   * Reads the checkpoints of the folds.
   *
   * @throws FiduciaException BAD_INPUT if there is no such fold or the weights do not fit the plans
   */
  LoadedModel(ModelFolder model, Predictor.Options options) {
    this.model = model;
    this.options = options;
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
    this.network = UNet.create(configuration.architecture(), model.dataset().channels().size(),
        model.dataset().labelSet().outputs(), options.device(), 0);
    try {
      network.load(folds.get(0).weights()).requireComplete(folds.get(0).file());
    } catch (FiduciaException e) {
      network.close();
      throw e;
    }
  }

  /** Prepares cases for this model; safe to use on other threads. */
  Preprocessor preprocessor() {
    return preprocessor;
  }

  List<ModelFolder.Fold> folds() {
    return folds;
  }

  /** The label map of a case on the grid of its file; folds and mirrorings are averaged. */
  LabelVolume segment(PreprocessedCase c, LongConsumer tileDone, Cancellation cancellation) {
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
          input -> forward(input, patch), tileDone, cancellation);
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
        model.dataset().labelSet(), configuration.probabilities(), c.properties());
    return CaseExport.toFile(labels, c.properties());
  }

  private static void add(float[][] sum, float[][] one) {
    for (int k = 0; k < sum.length; k++) {
      for (int i = 0; i < sum[k].length; i++) {
        sum[k][i] += one[k][i];
      }
    }
  }

  private float[] forward(float[] input, int[] patch) {
    int channels = model.dataset().channels().size();
    try (TorchScope step = TorchScope.open("patch"); Autograd.Guard off = Autograd.noGrad()) {
      Tensor x = configuration.patchSize().size() == 2
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

  @Override
  public void close() {
    network.close();
  }
}
