package io.fiducia.nnunet.network;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.SeededRandom;
import io.fiducia.core.TransferRecipe;
import io.fiducia.learn.transfer.TensorSlot;
import io.fiducia.nnunet.plan.Architecture;
import io.fiducia.torch.Autograd;
import io.fiducia.torch.Device;
import io.fiducia.torch.NamedTensor;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TensorOwner;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.LoadReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * nnU-Net's network, plain or with a residual encoder (ResEnc), in 2D or 3D (Isensee et al. 2021;
 * 2024). Names in {@link #state} are those of dynamic-network-architectures' {@code PlainConvUNet}
 * and {@code ResidualEncoderUNet}, so that checkpoints go both ways.
 *
 * <p>The parameters live until {@link #close}, whatever scopes are open.
 */
public final class UNet implements AutoCloseable {
  /** Advice where weights do not fit. */
  public static final String FITTING = "use the plans.json that belongs to these weights";

  private static final Pattern PLACE = Pattern
      .compile(".*?(?:stages|transpconvs|seg_layers)\\.(\\d+)\\..*");

  private final Architecture architecture;
  private final int inChannels;
  private final int outChannels;
  private final Device device;
  private final TensorOwner owner = new TensorOwner("network");
  private final Encoder encoder;
  private final Decoder decoder;

  private UNet(Architecture architecture, int inChannels, int outChannels, Device device,
      Function<TensorOwner, Initializer> initial) {
    this.architecture = architecture;
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.device = device;
    Initializer init = initial.apply(owner);
    try {
      this.encoder = Encoder.create(init, architecture, inChannels);
      this.decoder = Decoder.create(init, architecture, outChannels);
    } catch (RuntimeException | Error e) {
      owner.close();
      throw e;
    }
  }

  /**
   * Creates a network with random weights: Kaiming normal for slope 0.01, biases 0, and 0 for the last scale of
   * every residual block. One seed gives the same weights on every device.
   *
   * @param inChannels image channels, plus one per foreground label in a cascade's second stage
   * @param outChannels heads: labels with background but without ignore, or regions
   */
  public static UNet create(
      Architecture architecture,
      int inChannels,
      int outChannels,
      Device device,
      long seed) {
    return new UNet(architecture, inChannels, outChannels, device,
        owner -> new Initializer(owner, device, SeededRandom.of(seed, "network")));
  }

  /** Creates a network whose weights are zero, to {@link #load} others: drawing 31 million takes a second. */
  public static UNet empty(Architecture architecture, int inChannels, int outChannels,
      Device device) {
    return new UNet(architecture, inChannels, outChannels, device,
        owner -> Initializer.zeros(owner, device));
  }

  /**
   * Returns logits (batch, outChannels, ...) of an image batch (batch, inChannels, ...), full resolution
   * first; without deep supervision only that one. With gradients on, as they are by default, memory
   * grows by what backward needs; predict under {@link Autograd#noGrad}. The result belongs to the
   * innermost open scope.
   *
   * @throws FiduciaException if channels or sizes do not fit the network
   */
  public List<Tensor> forward(Tensor x, boolean deepSupervision) {
    check(x);
    try (TorchScope scope = TorchScope.open("forward")) {
      List<Tensor> logits = decoder.forward(encoder.forward(x), deepSupervision);
      logits.forEach(scope::keep);
      return List.copyOf(logits);
    }
  }

  /**
   * Returns the features (batch, {@link #featureCount}, ...) of an image batch that the last layer reads at
   * full resolution: {@link #readout} of them is what {@link #forward} returns. Errors and scopes as there.
   */
  public Tensor features(Tensor x) {
    check(x);
    try (TorchScope scope = TorchScope.open("features")) {
      return scope.keep(decoder.features(encoder.forward(x)));
    }
  }

  /** Returns the number of features that the last layer reads. */
  public int featureCount() {
    return architecture.featuresPerStage().get(0);
  }

  /**
   * Returns logits (batch, outChannels, ...) of {@link #features}, voxel by voxel: also of a part of their
   * voxels, or of their averages over patches.
   */
  public Tensor readout(Tensor features) {
    return decoder.readout(features);
  }

  private void check(Tensor x) {
    long[] shape = x.shape();
    List<Integer> divisors = divisors();
    boolean fits = shape.length == divisors.size() + 2 && shape[1] == inChannels;
    for (int i = 0; fits && i < divisors.size(); i++) {
      fits = shape[i + 2] % divisors.get(i) == 0;
    }
    if (!fits) {
      throw FiduciaException.badInput("an image batch does not fit the network",
          Arrays.toString(shape), "expected (batch, " + inChannels + ", sizes divisible by "
              + divisors + ")",
          "use the patch size of the plan");
    }
  }

  /** Returns the number that each axis of the input must be divisible by: the product of its strides. */
  public List<Integer> divisors() {
    List<Integer> out = new ArrayList<>();
    for (int axis = 0; axis < architecture.dimensions(); axis++) {
      int product = 1;
      for (List<Integer> stride : architecture.strides()) {
        product *= stride.get(axis);
      }
      out.add(product);
    }
    return List.copyOf(out);
  }

  /**
   * Returns all tensors under upstream's names and in its order. Layers that upstream registers more than
   * once ({@code all_modules}, {@code decoder.encoder}) appear under each name.
   */
  public Map<String, Tensor> state() {
    Map<String, Tensor> out = new LinkedHashMap<>();
    encoder.collect("encoder.", out::put);
    encoder.collect("decoder.encoder.", out::put);
    decoder.collect("decoder.", out::put);
    return Collections.unmodifiableMap(out);
  }

  /** Returns the part of the network that a parameter belongs to, given any of its names. */
  public static TransferRecipe.Part part(String parameter) {
    if (parameter.contains(".seg_layers.")) {
      return TransferRecipe.Part.HEADS;
    }
    return parameter.startsWith("encoder.") || parameter.startsWith("decoder.encoder.")
        ? TransferRecipe.Part.ENCODER
        : TransferRecipe.Part.DECODER;
  }

  /**
   * Returns the place of a parameter in words, such as "encoder stage 2", given any of its names. Stage 0
   * has full resolution in the encoder and the lowest one in the decoder.
   */
  public static String place(String parameter) {
    Matcher m = PLACE.matcher(parameter);
    if (!m.matches()) {
      return parameter.contains("encoder.stem.") ? "encoder stem" : "another part";
    }
    return switch (part(parameter)) {
      case ENCODER -> "encoder stage ";
      case DECODER -> "decoder stage ";
      case HEADS -> "head of decoder stage ";
    } + m.group(1);
  }

  /** Returns every parameter once, by its first name, in the order of torch's {@code parameters()}. */
  public List<NamedTensor> parameters() {
    return slots().stream().map(s -> new NamedTensor(s.name(), s.tensor())).toList();
  }

  /**
   * Returns every parameter once with all its names, in the order of {@link #parameters}. The first one is
   * the weight of the convolution that sees the image.
   */
  public List<TensorSlot> slots() {
    Map<Tensor, List<String>> names = new LinkedHashMap<>();
    state().forEach((name, t) -> names.computeIfAbsent(t, k -> new ArrayList<>()).add(name));
    return names.entrySet().stream().map(e -> new TensorSlot(e.getValue(), e.getKey())).toList();
  }

  /**
   * Copies every stored weight whose name and shape fit, and reports the rest. A parameter is
   * found under any of its names; {@code module.} and {@code _orig_mod.} in front are ignored.
   */
  public LoadReport load(Map<String, StoredTensor> weights) {
    Map<String, String> firstNames = new HashMap<>();
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    for (TensorSlot slot : slots()) {
      parameters.put(slot.name(), slot.tensor());
      slot.names().forEach(name -> firstNames.put(name, slot.name()));
    }
    Map<String, StoredTensor> byFirstName = new LinkedHashMap<>();
    plainNames(weights)
        .forEach((name, w) -> byFirstName.putIfAbsent(firstNames.getOrDefault(name, name), w));
    return LoadReport.copy(byFirstName, parameters);
  }

  /** Weights by their names without what torch's wrappers put in front. */
  public static Map<String, StoredTensor> plainNames(Map<String, StoredTensor> weights) {
    Map<String, StoredTensor> byName = new LinkedHashMap<>();
    weights
        .forEach((name, t) -> byName.put(name.replaceFirst("^(module\\.|_orig_mod\\.)+", ""), t));
    return byName;
  }

  /** Returns the number of trainable values. */
  public long parameterCount() {
    return parameters().stream().mapToLong(p -> p.tensor().numel()).sum();
  }

  /** Returns the bytes that the parameters take. */
  public long bytes() {
    return owner.bytes();
  }

  /** The architecture that the network was built from. */
  public Architecture architecture() {
    return architecture;
  }

  /** Number of input channels. */
  public int inChannels() {
    return inChannels;
  }

  /** Number of output channels. */
  public int outChannels() {
    return outChannels;
  }

  /** The device that holds the parameters. */
  public Device device() {
    return device;
  }

  /** Frees the parameters. */
  @Override
  public void close() {
    owner.close();
  }
}
