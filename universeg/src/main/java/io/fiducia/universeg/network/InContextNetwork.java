package io.fiducia.universeg.network;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.SeededRandom;
import io.fiducia.torch.Device;
import io.fiducia.torch.Functional;
import io.fiducia.torch.NamedTensor;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TensorOwner;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.Convolution;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.LoadReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * UniverSeg (Butoi et al., ICCV 2023) and MultiverSeg (Wong et al., 2024): a U-Net of {@link CrossBlock}s
 * that segments a slice after the example of support slices, without training. Names in {@link #state}
 * are those of the released weights.
 *
 * <p>Slices are (channels, y, x), y and x divisible by {@link NetworkShape#divisor}; the weights were
 * trained on 128x128. The parameters live until {@link #close}.
 *
 * <p>Difference from the originals: the order of sums (see {@link CrossBlock}); results agree to
 * rounding. Without any support slice, MultiverSeg gets one pair filled with 0.5, as its original does.
 */
public final class InContextNetwork implements AutoCloseable {
  private final NetworkShape shape;
  private final Device device;
  private final TensorOwner owner = new TensorOwner("in-context network");
  private final List<CrossBlock> encoder = new ArrayList<>();
  private final List<CrossBlock> decoder = new ArrayList<>();
  private final Convolution readout;

  private InContextNetwork(NetworkShape shape, Device device,
      Function<TensorOwner, Initializer> initial) {
    this.shape = shape;
    this.device = device;
    Initializer init = initial.apply(owner);
    int width = shape.width();
    try {
      shape.resolutions().forEach(level -> encoder.add(level == 0
          ? new CrossBlock(init, shape, shape.form().targetChannels(), 2)
          : new CrossBlock(init, shape, width, width)));
      for (int i = 0; i < shape.levels() - 1; i++) {
        decoder.add(new CrossBlock(init, shape, 2 * width, 2 * width));
      }
      this.readout = new Convolution(init, width, 1, List.of(1, 1), List.of(1, 1), true, 1);
    } catch (RuntimeException | Error e) {
      owner.close();
      throw e;
    }
  }

  /** A network with random weights: Kaiming normal, biases 0. One seed gives the same on every device. */
  public static InContextNetwork create(NetworkShape shape, Device device, long seed) {
    return new InContextNetwork(shape, device,
        owner -> new Initializer(owner, device, SeededRandom.of(seed, "network")));
  }

  /** A network whose weights are zero, to {@link #load} others. */
  public static InContextNetwork empty(NetworkShape shape, Device device) {
    return new InContextNetwork(shape, device, owner -> Initializer.zeros(owner, device));
  }

  /**
   * Support slices prepared for any number of targets. The result belongs to the innermost scope.
   *
   * @param slices (S, 2, y, x): image from 0 to 1, and label, 0 or 1
   * @throws FiduciaException BAD_INPUT if the sizes do not fit
   */
  public Support support(Tensor slices) {
    check(slices, 2, "support");
    return new Support(slices, encoder.getFirst().first(slices));
  }

  /**
   * Logits (batch, 1, y, x) of target slices.
   *
   * @param targets (batch, {@link NetworkShape.Form#targetChannels}, y, x)
   * @param support as many slices for each target, those of the first target first
   * @throws FiduciaException BAD_INPUT if the sizes do not fit
   */
  public Tensor forward(Tensor targets, Support support) {
    check(targets, shape.form().targetChannels(), "target");
    check(targets, support);
    try (TorchScope scope = TorchScope.open("in-context network")) {
      BlockChain chain = new BlockChain(encoder, decoder);
      Tensor features = shape.form() == NetworkShape.Form.UNIVERSEG
          ? new UniverSegPass(chain).run(targets, support)
          : new MultiverSegPass(chain).run(targets, support);
      return scope.keep(readout.forward(features));
    }
  }

  /**
   * Logits without any support slice, for MultiverSeg: one pair filled with 0.5 stands for it.
   *
   * @param targets as for {@link #forward}
   */
  public Tensor forwardWithoutSupport(Tensor targets) {
    try (TorchScope scope = TorchScope.open("no support")) {
      Tensor pair = Tensor.zeros(device, targets.size(0), 2, targets.size(2), targets.size(3))
          .add(0.5);
      return scope.keep(forward(targets, support(pair)));
    }
  }

  private void check(Tensor slices, int channels, String what) {
    long[] s = slices.shape();
    if (s.length != 4 || s[1] != channels || s[0] < 1 || s[2] % shape.divisor() != 0
        || s[3] % shape.divisor() != 0) {
      throw FiduciaException.badInput("slices do not fit the network", what, "expected (slices, "
          + channels + ", y and x divisible by " + shape.divisor() + "), found "
          + Arrays.toString(s), "scale slices to 128x128");
    }
  }

  private static void check(Tensor targets, Support support) {
    long[] s = support.slices().shape();
    if (s[0] % targets.size(0) != 0 || s[2] != targets.size(2) || s[3] != targets.size(3)) {
      throw FiduciaException.badInput("support and target do not fit each other", "support",
          "expected a multiple of " + targets.size(0) + " slices of " + targets.size(3) + "x"
              + targets.size(2) + ", found " + s[0] + " of " + s[3] + "x" + s[2],
          "scale slices to 128x128");
    }
  }

  /** Half the resolution. */
  static Tensor pooled(Tensor x) {
    return Functional.maxPool(x, new long[]{2, 2});
  }

  /** Twice the resolution; corners stay where they are. */
  static Tensor upsampled(Tensor x) {
    return Functional.resizeAligned(x, 2 * x.size(2), 2 * x.size(3));
  }

  /** Features of half the resolution, upsampled, before those of full resolution. */
  static Tensor joined(Tensor low, Tensor skip) {
    return Tensor.cat(List.of(upsampled(low), skip), 1);
  }

  /** {@link #joined(Tensor, Tensor)} chunk by chunk. */
  static List<Tensor> joined(List<Tensor> low, List<Tensor> skip) {
    return IntStream.range(0, low.size()).mapToObj(i -> joined(low.get(i), skip.get(i))).toList();
  }

  /** All tensors under the released names, in the released order. */
  public Map<String, Tensor> state() {
    Map<String, Tensor> out = new LinkedHashMap<>();
    for (int i = 0; i < encoder.size(); i++) {
      encoder.get(i).collect("enc_blocks." + i + ".", out::put);
    }
    for (int i = 0; i < decoder.size(); i++) {
      decoder.get(i).collect("dec_blocks." + i + ".", out::put);
    }
    readout.collect("out_conv.conv.", out::put);
    return Collections.unmodifiableMap(out);
  }

  /** All parameters in the order of {@link #state}. */
  public List<NamedTensor> parameters() {
    return state().entrySet().stream().map(e -> new NamedTensor(e.getKey(), e.getValue())).toList();
  }

  /** Copies every stored weight whose name and shape fit, and reports the rest. */
  public LoadReport load(Map<String, StoredTensor> weights) {
    return LoadReport.copy(weights, state());
  }

  /** Form and size. */
  public NetworkShape shape() {
    return shape;
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
