package io.fiducia.promptable.sam.network;

import io.fiducia.base.FiduciaException;
import io.fiducia.base.SeededRandom;
import io.fiducia.torch.Device;
import io.fiducia.torch.NamedTensor;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TensorOwner;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.LoadReport;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A network of the SAM family: SAM and MedSAM (Kirillov et al., ICCV 2023; Ma et al., 2024), MobileSAM (Zhang
 * et al., 2023), LiteMedSAM, or one of another size. Names in {@link #state} are those of the released weights.
 * The parameters live until {@link #close}.
 *
 * <p>Differences from the originals: the order of sums in attention, in windows at the picture's end, and in
 * batch normalisations, which are part of their convolutions; results agree to rounding. Several prompts can
 * share one embedding or have one each, where the original repeats embeddings in both cases.
 */
public final class SamNetwork implements AutoCloseable {
  private final SamShape shape;
  private final Device device;
  private final TensorOwner owner = new TensorOwner("SAM network");
  private final ImageEncoder encoder;
  private final PromptEncoder promptEncoder;
  private final MaskDecoder decoder;

  private SamNetwork(SamShape shape, Device device, Function<TensorOwner, Initializer> initial) {
    this.shape = shape;
    this.device = device;
    try {
      Initializer init = initial.apply(owner);
      this.encoder = switch (shape.encoder()) {
        case VitShape vit -> new VitEncoder(init, vit, shape.channels());
        case TinyVitShape tiny -> new TinyVitEncoder(init, tiny, shape.channels());
      };
      this.promptEncoder = new PromptEncoder(init, shape);
      this.decoder = new MaskDecoder(init, shape);
    } catch (RuntimeException | Error e) {
      owner.close();
      throw e;
    }
  }

  /** A network with random weights. One seed gives the same on every device. */
  public static SamNetwork create(SamShape shape, Device device, long seed) {
    return new SamNetwork(shape, device,
        owner -> new Initializer(owner, device, SeededRandom.of(seed, "network")));
  }

  /** A network whose weights mean nothing, to {@link #load} others. */
  public static SamNetwork empty(SamShape shape, Device device) {
    return new SamNetwork(shape, device, owner -> Initializer.zeros(owner, device));
  }

  /**
   * Embeddings (batch, channels, grid, grid).
   *
   * @param pictures (batch, 3, y, x) of the shape's size, prepared as the family wants it
   * @throws FiduciaException BAD_INPUT for pictures of another size
   */
  public Tensor embed(Tensor pictures) {
    long[] s = pictures.shape();
    int size = shape.encoder().imageSize();
    if (s.length != 4 || s[1] != 3 || s[2] != size || s[3] != size) {
      throw FiduciaException.badInput("a picture does not fit the network", "picture",
          "expected (pictures, 3, " + size + ", " + size + "), found " + Arrays.toString(s),
          "scale and fill the picture up first");
    }
    return encoder.forward(pictures);
  }

  /**
   * Some of the masks for prompts.
   *
   * @param embedding (batch, channels, grid, grid): one for each prompt, or one for all
   * @param from the first mask token: 0 gives the single mask, 1 the first of those to choose from
   * @param count number of masks
   */
  public MaskDecoder.Masks masks(Tensor embedding, SamPrompts prompts, int from, int count) {
    try (TorchScope scope = TorchScope.open("masks")) {
      MaskDecoder.Masks masks = decoder.forward(embedding, promptEncoder.positions(),
          promptEncoder.tokens(prompts), promptEncoder.dense(prompts), from, count);
      scope.keep(masks.logits());
      scope.keep(masks.iou());
      return masks;
    }
  }

  /** All parameters and fixed tensors under the released names. */
  public Map<String, Tensor> state() {
    Map<String, Tensor> out = new LinkedHashMap<>();
    encoder.collect("image_encoder.", out::put);
    promptEncoder.collect("prompt_encoder.", out::put);
    decoder.collect("mask_decoder.", out::put);
    return Collections.unmodifiableMap(out);
  }

  /** All parameters that training may change, in the order of {@link #state}. */
  public List<NamedTensor> parameters() {
    return state().entrySet().stream().filter(e -> e.getValue().requiresGrad())
        .map(e -> new NamedTensor(e.getKey(), e.getValue())).toList();
  }

  /** Copies every stored weight whose name and shape fit, and reports the rest. */
  public LoadReport load(Map<String, StoredTensor> weights) {
    return LoadReport.copy(weights, state());
  }

  /** The image encoder, whose layers can be wrapped. */
  public ImageEncoder encoder() {
    return encoder;
  }

  /** The prompt encoder. */
  public PromptEncoder promptEncoder() {
    return promptEncoder;
  }

  /** The mask decoder, whose layers can be wrapped. */
  public MaskDecoder decoder() {
    return decoder;
  }

  /** Its size. */
  public SamShape shape() {
    return shape;
  }

  /** The device that holds the parameters. */
  public Device device() {
    return device;
  }

  /** Owns tensors that are added to the network, such as those of low-rank additions; they live as long. */
  public TensorOwner owner() {
    return owner;
  }

  /** Frees the parameters. */
  @Override
  public void close() {
    owner.close();
  }
}
