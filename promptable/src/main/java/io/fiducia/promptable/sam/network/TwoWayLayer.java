package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.LayerNorm;
import io.fiducia.torch.nn.Linear;
import io.fiducia.torch.nn.LinearMap;
import java.util.List;
import java.util.function.BiConsumer;

/** A layer of the mask decoder in which tokens attend to each other and to the picture, and the picture to them. */
public final class TwoWayLayer {
  static final double EPS = 1e-5;
  private static final int HIDDEN = 2048;

  private final boolean first;
  private final DecoderAttention self;
  private final LayerNorm norm1;
  private final DecoderAttention toPicture;
  private final LayerNorm norm2;
  private final LinearMap lin1;
  private final LinearMap lin2;
  private final LayerNorm norm3;
  private final LayerNorm norm4;
  private final DecoderAttention fromPicture;

  /** What a layer makes of tokens (batch, n, width) and of the picture's places (batch, m, width). */
  record Both(Tensor tokens, Tensor picture) {}

  /**
   * Builds one with new weights.
   *
   * @param first whether it is the first layer, whose tokens attend to each other without positions and
   *     without a way past it
   */
  TwoWayLayer(Initializer init, int width, boolean first) {
    this.first = first;
    this.self = new DecoderAttention(init, width, width);
    this.norm1 = new LayerNorm(init, width, EPS);
    this.toPicture = new DecoderAttention(init, width, width / 2);
    this.norm2 = new LayerNorm(init, width, EPS);
    this.lin1 = new Linear(init, width, HIDDEN, true);
    this.lin2 = new Linear(init, HIDDEN, width, true);
    this.norm3 = new LayerNorm(init, width, EPS);
    this.norm4 = new LayerNorm(init, width, EPS);
    this.fromPicture = new DecoderAttention(init, width, width / 2);
  }

  /** Its attentions, whose layers can be wrapped: tokens to tokens, tokens to picture, picture to tokens. */
  public List<DecoderAttention> attentions() {
    return List.of(self, toPicture, fromPicture);
  }

  void collect(String prefix, BiConsumer<String, Tensor> out) {
    self.collect(prefix + "self_attn.", out);
    norm1.collect(prefix + "norm1.", out);
    toPicture.collect(prefix + "cross_attn_token_to_image.", out);
    norm2.collect(prefix + "norm2.", out);
    lin1.collect(prefix + "mlp.lin1.", out);
    lin2.collect(prefix + "mlp.lin2.", out);
    norm3.collect(prefix + "norm3.", out);
    norm4.collect(prefix + "norm4.", out);
    fromPicture.collect(prefix + "cross_attn_image_to_token.", out);
  }

  /**
   * One step.
   *
   * @param initial the tokens before the first layer, which stand for their positions
   * @param positions of the picture's places
   */
  Both forward(Both at, Tensor initial, Tensor positions) {
    try (TorchScope scope = TorchScope.open("decoder layer")) {
      Tensor tokens = at.tokens();
      if (first) {
        tokens = norm1.forward(self.forward(tokens, tokens, tokens));
      } else {
        Tensor q = tokens.add(initial);
        tokens = norm1.forward(tokens.add(self.forward(q, q, tokens)));
      }
      Tensor picture = at.picture();
      Tensor placed = picture.add(positions);
      tokens = norm2
          .forward(tokens.add(toPicture.forward(tokens.add(initial), placed, picture)));
      tokens = norm3
          .forward(tokens.add(lin2.forward(Functional.relu(lin1.forward(tokens)))));
      picture = norm4
          .forward(picture.add(fromPicture.forward(placed, tokens.add(initial), tokens)));
      return new Both(scope.keep(tokens), scope.keep(picture));
    }
  }
}
