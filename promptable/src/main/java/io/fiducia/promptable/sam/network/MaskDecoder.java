package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.LayerNorm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * SAM's mask decoder. Features stay with their channels side by side, so that the transposed convolutions are
 * products of matrices; results agree with the original to rounding.
 */
public final class MaskDecoder {
  private static final int LAYERS = 2;

  private final SamShape shape;
  private final List<TwoWayLayer> layers = new ArrayList<>();
  private final DecoderAttention last;
  private final LayerNorm lastNorm;
  private final Tensor iouToken;
  private final Tensor maskTokens;
  private final Upsampling first;
  private final LayerNorm firstNorm;
  private final Upsampling second;
  private final List<Perceptron> hyper = new ArrayList<>();
  private final Perceptron iouHead;

  /**
   * Masks and their predicted quality.
   *
   * @param logits (batch, masks, y, x)
   * @param iou predicted intersection over union, (batch, masks)
   */
  public record Masks(Tensor logits, Tensor iou) {}

  /** A transposed convolution of kernel and stride 2, weight (in, out, 2, 2). */
  private record Upsampling(Tensor weight, Tensor bias) {
    static Upsampling create(Initializer init, int in, int out) {
      return new Upsampling(init.kaimingNormal(Math.sqrt(5), in, out, 2, 2),
          init.constant(0, out));
    }

    /** Features (..., in) become four of (..., 4, out): upper left, upper right, lower left, lower right. */
    Tensor forward(Tensor x) {
      long[] s = x.shape();
      long out = weight.size(1);
      long[] to = Arrays.copyOf(s, s.length + 1);
      to[s.length - 1] = 4;
      to[s.length] = out;
      return x.matmul(weight.permute(0, 2, 3, 1).reshape(weight.size(0), 4 * out)).reshape(to)
          .add(bias);
    }

    void collect(String prefix, BiConsumer<String, Tensor> out) {
      out.accept(prefix + "weight", weight);
      out.accept(prefix + "bias", bias);
    }
  }

  MaskDecoder(Initializer init, SamShape shape) {
    this.shape = shape;
    int width = shape.channels();
    for (int i = 0; i < LAYERS; i++) {
      layers.add(new TwoWayLayer(init, width, i == 0));
    }
    this.last = new DecoderAttention(init, width, width / 2);
    this.lastNorm = new LayerNorm(init, width, TwoWayLayer.EPS);
    this.iouToken = init.normal(1, 1, width);
    this.maskTokens = init.normal(1, shape.maskTokens(), width);
    this.first = Upsampling.create(init, width, width / 4);
    this.firstNorm = new LayerNorm(init, width / 4, Neck.EPS);
    this.second = Upsampling.create(init, width / 4, width / 8);
    for (int i = 0; i < shape.maskTokens(); i++) {
      hyper.add(Perceptron.create(init, width, width / 8));
    }
    this.iouHead = Perceptron.create(init, width, shape.maskTokens());
  }

  /** Its layers, first to last. */
  public List<TwoWayLayer> layers() {
    return Collections.unmodifiableList(layers);
  }

  /** The attention of tokens to the picture behind the layers. */
  public DecoderAttention last() {
    return last;
  }

  void collect(String prefix, BiConsumer<String, Tensor> out) {
    for (int i = 0; i < layers.size(); i++) {
      layers.get(i).collect(prefix + "transformer.layers." + i + ".", out);
    }
    last.collect(prefix + "transformer.final_attn_token_to_image.", out);
    lastNorm.collect(prefix + "transformer.norm_final_attn.", out);
    out.accept(prefix + "iou_token.weight", iouToken);
    out.accept(prefix + "mask_tokens.weight", maskTokens);
    first.collect(prefix + "output_upscaling.0.", out);
    firstNorm.collect(prefix + "output_upscaling.1.", out);
    second.collect(prefix + "output_upscaling.3.", out);
    for (int i = 0; i < hyper.size(); i++) {
      hyper.get(i).collect(prefix + "output_hypernetworks_mlps." + i + ".", out);
    }
    iouHead.collect(prefix + "iou_prediction_head.", out);
  }

  /**
   * Some of the masks.
   *
   * @param embedding (batch, channels, grid, grid), or one that all prompts share
   * @param positions of its places, (1, grid · grid, channels)
   * @param tokens of the prompts, (batch, tokens, channels)
   * @param dense features of the mask prompts, (batch or 1, channels, grid or 1, grid or 1)
   * @param from the first mask token
   * @param count number of mask tokens
   */
  Masks forward(Tensor embedding, Tensor positions, Tensor tokens, Tensor dense, int from,
      int count) {
    try (TorchScope scope = TorchScope.open("mask decoder")) {
      long batch = tokens.size(0);
      Tensor own = Tensor.cat(List.of(iouToken, maskTokens), 0).unsqueeze(0)
          .expand(batch, -1, -1);
      Tensor initial = Tensor.cat(List.of(own, tokens), 1);
      Tensor sum = embedding.add(dense);
      Tensor picture = sum.reshape(sum.size(0), shape.channels(), -1).permute(0, 2, 1)
          .contiguous().expand(batch, -1, -1);
      TwoWayLayer.Both at = new TwoWayLayer.Both(initial, picture);
      for (TwoWayLayer layer : layers) {
        at = layer.forward(at, initial, positions);
      }
      Tensor attended = last.forward(at.tokens().add(initial), at.picture().add(positions),
          at.picture());
      Tensor result = lastNorm.forward(at.tokens().add(attended));
      Tensor iou = iouHead.forward(result.narrow(1, 0, 1).squeeze(1)).narrow(1, from, count);
      return new Masks(scope.keep(logits(at.picture(), result, from, count)), scope.keep(iou));
    }
  }

  private Tensor logits(Tensor picture, Tensor tokens, int from, int count) {
    long batch = picture.size(0);
    long grid = shape.grid();
    Tensor x = Functional.gelu(firstNorm.forward(first.forward(picture)), true);
    Tensor features = Functional.gelu(second.forward(x), true);
    List<Tensor> weights = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      weights.add(hyper.get(i).forward(tokens.narrow(1, 1L + i, 1)));
    }
    return features.reshape(batch, grid * grid * 16, shape.channels() / 8)
        .matmul(Tensor.cat(weights, 1).permute(0, 2, 1))
        .reshape(batch, grid, grid, 2, 2, 2, 2, count)
        .permute(0, 7, 1, 3, 5, 2, 4, 6)
        .reshape(batch, count, 4 * grid, 4 * grid);
  }
}
