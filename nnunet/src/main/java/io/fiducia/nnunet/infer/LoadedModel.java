package io.fiducia.nnunet.infer;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.learn.window.ScratchFolder;
import io.fiducia.learn.window.SlidingWindow;
import io.fiducia.learn.window.SlidingWindow.Accumulation;
import io.fiducia.learn.window.SumMemory;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.dataset.Labels;
import io.fiducia.nnunet.network.UNet;
import io.fiducia.nnunet.plan.Configuration;
import io.fiducia.nnunet.preprocess.Preprocessor;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.DType;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The networks of a model folder in memory, one per fold. Streams the logits of prepared cases; a case
 * is not changed and may be given to several models one after another.
 *
 * <p>Belongs to the thread that opened it; {@link #preprocessor} may be used on other threads.
 */
public final class LoadedModel implements AutoCloseable {
  /**
   * How one case is computed.
   *
   * @param scratch folder for files where memory does not suffice; they hold intermediate results of a
   *     patient's case, so it must lie beside the output
   */
  public record Work(Path scratch, Progress progress, Cancellation cancellation) {}

  /** A logit whose probability differs from 1 by less than a millionth. */
  private static final float CERTAIN = 20;

  private final ChosenFolds chosen;
  private final ModelOptions options;
  private final List<UNet> networks;
  private final Preprocessor preprocessor;
  private final SlidingWindow window;

  private LoadedModel(ChosenFolds chosen, ModelOptions options, List<UNet> networks,
      Preprocessor preprocessor) {
    this.chosen = chosen;
    this.options = options;
    this.networks = networks;
    this.preprocessor = preprocessor;
    // As in nnU-Net, the first fold says which axes may be mirrored.
    this.window = new SlidingWindow(patch(), options.tiling().stepFraction(),
        options.tiling().mirroring() ? chosen.folds().get(0).mirrorAxes() : List.of(),
        options.tiling().accumulation());
  }

  /**
   * Reads the chosen checkpoints and puts them into networks.
   *
   * @throws FiduciaException BAD_INPUT if there is no such fold, or the weights do not fit the plans;
   *     USAGE if the device lacks the precision; OUT_OF_RESOURCES
   */
  public static LoadedModel open(ModelFolder model, ModelOptions options) {
    options.precision().check(options.device());
    return open(ChosenFolds.read(model, options.weights()), options);
  }

  /** Puts checkpoints that were read into networks; errors as the public method's. */
  static LoadedModel open(ChosenFolds chosen, ModelOptions options) {
    return open(chosen, options, fold -> network(chosen, fold, options));
  }

  /** Creates a model whose networks come from a function; all are closed if one fails. */
  static LoadedModel open(ChosenFolds chosen, ModelOptions options,
      Function<ModelFolder.Fold, UNet> loader) {
    Preprocessor preprocessor = new Preprocessor(chosen.model().plans(), chosen.configuration(),
        chosen.model().dataset());
    List<UNet> networks = new ArrayList<>();
    boolean complete = false;
    try {
      for (ModelFolder.Fold fold : chosen.folds()) {
        networks.add(loader.apply(fold));
      }
      LoadedModel loaded = new LoadedModel(chosen, options, List.copyOf(networks), preprocessor);
      complete = true;
      return loaded;
    } finally {
      if (!complete) {
        networks.forEach(UNet::close);
      }
    }
  }

  private static UNet network(ChosenFolds chosen, ModelFolder.Fold fold, ModelOptions options) {
    UNet network = UNet.empty(chosen.configuration().architecture(), chosen.inputs(),
        chosen.model().dataset().labelSet().outputs(), options.device());
    boolean complete = false;
    try {
      network.load(fold.weights()).requireComplete(fold.file(), UNet.FITTING);
      complete = true;
      return network;
    } finally {
      if (!complete) {
        network.close();
      }
    }
  }

  /** The folder that the model comes from. */
  public ModelFolder folder() {
    return chosen.model();
  }

  /** The folds whose networks are averaged. */
  public List<ModelFolder.Fold> folds() {
    return chosen.folds();
  }

  /** The configuration that the networks were trained with. */
  public Configuration configuration() {
    return chosen.configuration();
  }

  /** What the networks' outputs stand for. */
  public Labels labels() {
    return chosen.model().dataset().labelSet();
  }

  /** How it computes. */
  public ModelOptions options() {
    return options;
  }

  /** Prepares cases for this model. */
  public Preprocessor preprocessor() {
    return preprocessor;
  }

  /** The bytes that the networks' weights take for as long as this model is open. */
  public long bytes() {
    return networks.stream().mapToLong(UNet::bytes).sum();
  }

  /** The number of patches that are computed of a case, all folds together. */
  public long patches(PreprocessedCase c) {
    return window.tileCount(image(c, c.data())) * networks.size();
  }

  private SlidingWindow.Image image(PreprocessedCase c, float[][] input) {
    OptionalDouble least = options.tiling().emptyBelow();
    return new SlidingWindow.Image(input, c.shape(), least.isPresent() && input.length == 1
        ? preprocessor.normalized(least.getAsDouble())
        : OptionalDouble.empty());
  }

  /**
   * Computes the logits of a case and hands them on plane by plane, (output, y, x) in the network's
   * axes; folds and mirrorings are averaged. In a second stage of a cascade, {@link
   * PreprocessedCase#seg} is what the first stage found.
   *
   * @throws FiduciaException CANCELLED on request, OUT_OF_RESOURCES if not even one patch fits into
   *     memory or the disk is full, BAD_INPUT if logits are no finite numbers
   */
  public void logits(PreprocessedCase c, SlidingWindow.PlaneSink sink, Work work) {
    String task = "Patches of " + c.id();
    work.progress().started(task, patches(c), "patch");
    try (Autograd.Guard off = Autograd.noGrad();
        Autograd.Guard precision = options.precision().guard(options.device())) {
      float[][] input = input(c);
      MemoryNeed need = new MemoryNeed(chosen.configuration(),
          keepsFeatures() ? 0 : labels().outputs(), input.length, c.shape());
      SumMemory memory = new SumMemory(options.device(), need.leftForSums(options.device()),
          new ScratchFolder(work.scratch()), work.progress()::warning);
      window.predict(image(c, input), averaged(), sink,
          new SlidingWindow.Run(memory, done -> work.progress().advanced(task, done, ""),
              work.cancellation()));
    } finally {
      work.progress().finished(task);
    }
  }

  /**
   * Whether patches are kept as features, to which the last layer is applied later: where they are fewer
   * than the outputs, as in TotalSegmentator's network of 118 outputs and 32 features. Averages over folds
   * need logits, and so do averages over mirrorings where every bit must be nnU-Net's.
   */
  private boolean keepsFeatures() {
    return networks.get(0).featureCount() < labels().outputs()
        && (options.tiling().accumulation() == Accumulation.HALF
            ? !window.mirrors()
            : networks.size() == 1);
  }

  private SlidingWindow.Networks averaged() {
    if (keepsFeatures()) {
      return new SlidingWindow.Networks(
          networks.stream().<SlidingWindow.Network>map(Features::new).toList(),
          networks.get(0).featureCount(), empty());
    }
    return new SlidingWindow.Networks(
        networks.stream().<SlidingWindow.Network>map(
            n -> x -> computed(x, laidOut -> n.forward(laidOut, false).get(0)))
            .toList(),
        labels().outputs(), empty());
  }

  /** A network without its last layer, and that layer. */
  private final class Features implements SlidingWindow.Network {
    private final UNet network;

    Features(UNet network) {
      this.network = network;
    }

    @Override
    public Tensor apply(Tensor patch) {
      return computed(patch, network::features);
    }

    @Override
    public Tensor logits(Tensor planes) {
      boolean flat = chosen.configuration().patchSize().size() == 2;
      Tensor batch = (flat ? planes.squeeze(1) : planes).unsqueeze(0);
      Tensor logits = computed(batch.contiguous().to(options.device()), network::readout)
          .squeeze(0);
      return flat ? logits.unsqueeze(1) : logits;
    }
  }

  private Tensor computed(Tensor x, UnaryOperator<Tensor> network) {
    try (TorchScope scope = TorchScope.open("network")) {
      Tensor result = network.apply(options.precision().laidOut(x));
      return scope.keep(result.to(DType.FLOAT32).contiguous());
    }
  }

  /** Logits of a voxel that is certainly background. */
  private float[] empty() {
    float[] logits = new float[labels().outputs()];
    if (labels().hasRegions()) {
      Arrays.fill(logits, -CERTAIN);
    } else {
      logits[0] = CERTAIN;
    }
    return logits;
  }

  /** Image channels; in a second stage, one more for each label that the first stage may have found. */
  private float[][] input(PreprocessedCase c) {
    if (chosen.configuration().previousStage().isEmpty()) {
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

  /** The patch with three axes: a 2D configuration sees one slice at a time. */
  private int[] patch() {
    int[] p = chosen.configuration().patchSize().stream().mapToInt(Integer::intValue).toArray();
    return p.length == 3 ? p : new int[]{1, p[0], p[1]};
  }

  /** Frees the networks; closing twice does nothing. */
  @Override
  public void close() {
    networks.forEach(UNet::close);
  }
}
