package io.fiducia.universeg.network;

import io.fiducia.base.FiduciaException;
import io.fiducia.torch.Device;
import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TensorOwner;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.CheckpointReader;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.Convolution;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.LoadReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * ScribblePrompt's U-Net (Wong et al., ECCV 2024): segments a slice after prompts, without any support. Its
 * authors use it for the first image, before MultiverSeg has a context. Names in {@link #state} are those of
 * the released weights. The parameters live until {@link #close}.
 */
public final class ScribblePromptUNet implements AutoCloseable {
  private static final int LEVELS = 4;
  private static final String FIRST = "downs.0.conv.0.weight";

  private final TensorOwner owner = new TensorOwner("ScribblePrompt");
  private final Device device;
  private final List<Layer> downs = new ArrayList<>();
  private final Layer bottleneck;
  private final List<Layer> ups = new ArrayList<>();
  private final Convolution readout;

  /** A convolution and an activation with a learned slope. */
  private record Layer(Convolution convolution, Tensor slope) {
    static Layer create(Initializer init, int in, int out) {
      return new Layer(
          new Convolution(init, in, out, List.of(3, 3), List.of(1, 1), true, 0.25),
          init.constant(0.25, 1));
    }

    Tensor forward(Tensor x) {
      return Functional.prelu(convolution.forward(x), slope);
    }

    void collect(String prefix, BiConsumer<String, Tensor> out) {
      convolution.collect(prefix + "conv.0.", out);
      out.accept(prefix + "conv.1.weight", slope);
    }
  }

  private ScribblePromptUNet(int width, Device device) {
    this.device = device;
    Initializer init = Initializer.zeros(owner, device);
    try {
      for (int i = 0; i < LEVELS; i++) {
        downs.add(Layer.create(init,
            i == 0 ? NetworkShape.Form.MULTIVERSEG.targetChannels() : width, width));
      }
      bottleneck = Layer.create(init, width, width);
      for (int i = 0; i < LEVELS; i++) {
        ups.add(Layer.create(init, 2 * width, width));
      }
      readout = new Convolution(init, width, 1, List.of(1, 1), List.of(1, 1), true, 1);
    } catch (RuntimeException | Error e) {
      owner.close();
      throw e;
    }
  }

  /** A network whose weights are zero. */
  static ScribblePromptUNet empty(int width, Device device) {
    return new ScribblePromptUNet(width, device);
  }

  /**
   * Reads the released file.
   *
   * @throws FiduciaException BAD_INPUT if it holds other weights, or not all
   */
  public static ScribblePromptUNet read(Path file, Device device) {
    Map<String, StoredTensor> tensors = CheckpointReader.read(file).tensors();
    StoredTensor first = tensors.get(FIRST);
    if (first == null || first.shape().length != 4) {
      throw FiduciaException.badInput("these are no weights of ScribblePrompt's U-Net", file,
          "expected a tensor " + FIRST + " of 4 axes",
          "give the file as its authors released it");
    }
    ScribblePromptUNet network = new ScribblePromptUNet((int) first.shape()[0], device);
    try {
      network.load(tensors).requireComplete(file, "give the file as its authors released it");
      return network;
    } catch (RuntimeException | Error e) {
      network.close();
      throw e;
    }
  }

  /**
   * Logits (batch, 1, y, x).
   *
   * @param targets (batch, 5, y, x), y and x divisible by 16: image, boxes, positive and negative clicks
   *     and scribbles, former logits
   */
  public Tensor forward(Tensor targets) {
    try (TorchScope scope = TorchScope.open("ScribblePrompt")) {
      List<Tensor> skips = new ArrayList<>();
      Tensor x = targets;
      for (Layer down : downs) {
        Tensor features = down.forward(x);
        skips.add(features);
        x = InContextNetwork.pooled(features);
      }
      x = bottleneck.forward(x);
      for (int i = 0; i < LEVELS; i++) {
        x = ups.get(i).forward(
            Tensor.cat(List.of(skips.get(LEVELS - 1 - i), InContextNetwork.upsampled(x)), 1));
      }
      return scope.keep(readout.forward(x));
    }
  }

  /** All tensors under the released names. */
  public Map<String, Tensor> state() {
    Map<String, Tensor> out = new LinkedHashMap<>();
    for (int i = 0; i < LEVELS; i++) {
      downs.get(i).collect("downs." + i + ".", out::put);
    }
    bottleneck.collect("bottleneck.", out::put);
    for (int i = 0; i < LEVELS; i++) {
      ups.get(i).collect("ups." + (2 * i + 1) + ".", out::put);
    }
    readout.collect("final_conv.conv.0.", out::put);
    return Collections.unmodifiableMap(out);
  }

  /** Copies every stored weight whose name and shape fit, and reports the rest. */
  LoadReport load(Map<String, StoredTensor> weights) {
    return LoadReport.copy(weights, state());
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
