package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.nn.Convolution;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.LayerNorm;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/** SAM's prompt encoder: points and boxes become tokens, masks a picture of features. */
public final class PromptEncoder {
  private static final List<Integer> TWO = List.of(2, 2);
  private static final List<Integer> ONE = List.of(1, 1);

  /** Rows of the table of kinds of token; points have 2 + their label - 1. */
  private enum Kind {
    NO_POINT, BESIDE, ON, UPPER_LEFT, LOWER_RIGHT
  }

  private final SamShape shape;
  private final Tensor frequencies;
  /** In the order of {@link Kind}. */
  private final List<Tensor> kinds = new ArrayList<>();
  private final Convolution mask0;
  private final LayerNorm mask1;
  private final Convolution mask3;
  private final LayerNorm mask4;
  private final Convolution mask6;
  private final Tensor noMask;

  PromptEncoder(Initializer init, SamShape shape) {
    this.shape = shape;
    int channels = shape.channels();
    int features = shape.maskChannels();
    this.frequencies = init.normalBuffer(1, 2, channels / 2);
    for (int i = 0; i < Kind.values().length; i++) {
      kinds.add(init.normal(1, 1, channels));
    }
    this.mask0 = new Convolution(init, 1, features / 4, TWO, TWO, true, Math.sqrt(5));
    this.mask1 = new LayerNorm(init, features / 4, Neck.EPS);
    this.mask3 = new Convolution(init, features / 4, features, TWO, TWO, true, Math.sqrt(5));
    this.mask4 = new LayerNorm(init, features, Neck.EPS);
    this.mask6 = new Convolution(init, features, channels, ONE, ONE, true, Math.sqrt(5));
    this.noMask = init.normal(1, 1, channels);
  }

  void collect(String prefix, BiConsumer<String, Tensor> out) {
    out.accept(prefix + "pe_layer.positional_encoding_gaussian_matrix", frequencies);
    for (int i = 1; i < kinds.size(); i++) {
      out.accept(prefix + "point_embeddings." + (i - 1) + ".weight", kinds.get(i));
    }
    out.accept(prefix + "not_a_point_embed.weight", kinds.get(Kind.NO_POINT.ordinal()));
    mask0.collect(prefix + "mask_downscaling.0.", out);
    mask1.collect(prefix + "mask_downscaling.1.", out);
    mask3.collect(prefix + "mask_downscaling.3.", out);
    mask4.collect(prefix + "mask_downscaling.4.", out);
    mask6.collect(prefix + "mask_downscaling.6.", out);
    out.accept(prefix + "no_mask_embed.weight", noMask);
  }

  /**
   * Tokens (batch, tokens, channels) of points and boxes. Points without a box get one token more, which says
   * that there is none. Without either there are no tokens.
   */
  public Tensor tokens(SamPrompts prompts) {
    try (TorchScope scope = TorchScope.open("prompt tokens")) {
      int perPrompt = prompts.labels().length / prompts.batch();
      boolean box = prompts.boxes().length > 0;
      int extra = box ? 2 : perPrompt > 0 ? 1 : 0;
      int n = perPrompt + extra;
      float[] places = new float[2 * n * prompts.batch()];
      float[] known = new float[n * prompts.batch()];
      long[] kind = new long[known.length];
      for (int b = 0; b < prompts.batch(); b++) {
        for (int i = 0; i < n; i++) {
          int at = b * n + i;
          boolean point = i < perPrompt;
          int source = point ? 2 * (b * perPrompt + i) : 4 * b + 2 * (i - perPrompt);
          float[] from = point ? prompts.points() : prompts.boxes();
          known[at] = point || box ? 1 : 0;
          kind[at] = point
              ? (prompts.labels()[b * perPrompt + i] == 1 ? Kind.ON : Kind.BESIDE).ordinal()
              : !box
                  ? Kind.NO_POINT.ordinal()
                  : (i == perPrompt ? Kind.UPPER_LEFT : Kind.LOWER_RIGHT).ordinal();
          for (int a = 0; a < 2; a++) {
            places[2 * at + a] = known[at] == 0
                ? 0
                : (from[source + a] + 0.5f) / shape.encoder().imageSize();
          }
        }
      }
      if (n == 0) {
        return scope.keep(Tensor.zeros(noMask.device(), prompts.batch(), 0, shape.channels()));
      }
      Tensor encoded = encode(places, prompts.batch(), n)
          .mul(Tensor.of(known, noMask.device(), prompts.batch(), n, 1));
      Tensor table = Tensor.cat(kinds, 0)
          .indexSelect(0, Tensor.ofLongs(kind, noMask.device(), kind.length))
          .reshape(prompts.batch(), n, shape.channels());
      return scope.keep(encoded.add(table));
    }
  }

  /** Features (batch, channels, grid, grid) of masks; without masks (1, channels, 1, 1), the same everywhere. */
  public Tensor dense(SamPrompts prompts) {
    try (TorchScope scope = TorchScope.open("mask prompt")) {
      if (prompts.masks().isEmpty()) {
        return scope.keep(noMask.reshape(1, shape.channels(), 1, 1));
      }
      Tensor x = mask1.forwardChannels(mask0.forward(prompts.masks().get()));
      Tensor y = mask4.forwardChannels(mask3.forward(Functional.gelu(x.contiguous(), true)));
      return scope.keep(mask6.forward(Functional.gelu(y.contiguous(), true)));
    }
  }

  /** The positions of all places of an embedding, (1, grid · grid, channels). */
  public Tensor positions() {
    try (TorchScope scope = TorchScope.open("positions")) {
      int grid = shape.grid();
      float[] centres = new float[2 * grid * grid];
      IntStream.range(0, grid * grid).forEach(i -> {
        centres[2 * i] = (i % grid + 0.5f) / grid;
        centres[2 * i + 1] = (i / grid + 0.5f) / grid;
      });
      return scope.keep(encode(centres, 1, grid * grid));
    }
  }

  /** Sine and cosine of random frequencies at places, x and y from 0 to 1. */
  private Tensor encode(float[] places, int batch, int n) {
    Tensor at = Tensor.of(places, noMask.device(), batch, n, 2).mul(2).add(-1)
        .matmul(frequencies).mul(2 * Math.PI);
    return Tensor.cat(List.of(at.sin(), at.cos()), 2);
  }
}
