package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.Linear;
import io.fiducia.torch.nn.LinearMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * Attention of an image encoder, within windows or over the whole picture.
 *
 * <p>Windows that reach over the picture's end are filled with zeros, which take part as keys: the original
 * does not mask them. Their queries, keys and values are all alike, so that they are computed once; the last
 * layer leaves them out. Results agree to rounding.
 */
public final class VitAttention {
  /** Bytes of additions to the attention that are held at a time: what a processor's cache holds. */
  private static final long BIAS_BYTES = 8L << 20;

  private final int heads;
  private final int window;
  private LinearMap qkv;
  private LinearMap proj;
  private final RelativePositions positions;

  /**
   * Builds one with new weights.
   *
   * @param window places along each side of a window; 0 for the whole picture
   * @param table length of the tables of relative positions
   */
  VitAttention(Initializer init, VitShape shape, int window, int table) {
    this.heads = shape.heads();
    this.window = window;
    this.qkv = new Linear(init, shape.dim(), 3L * shape.dim(), true);
    this.proj = new Linear(init, shape.dim(), shape.dim(), true);
    this.positions = RelativePositions.create(init, table, shape.headDim());
  }

  /** Puts another layer in the place of the one that gives queries, keys and values, one after another. */
  public void wrapQkv(UnaryOperator<LinearMap> wrapper) {
    qkv = wrapper.apply(qkv);
  }

  /** Puts another layer in the place of the last one. */
  public void wrapProjection(UnaryOperator<LinearMap> wrapper) {
    proj = wrapper.apply(proj);
  }

  void collect(String prefix, BiConsumer<String, Tensor> out) {
    positions.collect(prefix, out);
    qkv.collect(prefix + "qkv.", out);
    proj.collect(prefix + "proj.", out);
  }

  /** Of normalised features (batch, y, x, width). */
  Tensor forward(Tensor x) {
    try (TorchScope scope = TorchScope.open("attention")) {
      Tensor all = qkv.forward(x);
      Tensor attended = window == 0
          ? attend(all, positions.pairs(Math.toIntExact(x.size(1))))
          : windows(all, x);
      return scope.keep(proj.forward(attended));
    }
  }

  private Tensor windows(Tensor all, Tensor x) {
    RelativePositions.Pairs pairs = positions.pairs(window);
    Tensor filling = qkv.forward(Tensor.zeros(x.device(), 1, 1, 1, x.size(3)));
    List<Tensor> rows = new ArrayList<>();
    for (long y = 0; y < x.size(1); y += window) {
      List<Tensor> row = new ArrayList<>();
      for (long column = 0; column < x.size(2); column += window) {
        try (TorchScope part = TorchScope.open("window")) {
          long height = Math.min(window, x.size(1) - y);
          long width = Math.min(window, x.size(2) - column);
          Tensor inside = all.narrow(1, y, height).narrow(2, column, width);
          row.add(part.keep(attend(filled(inside, filling), pairs)
              .narrow(1, 0, height).narrow(2, 0, width)));
        }
      }
      rows.add(row.size() == 1 ? row.getFirst() : Tensor.cat(row, 2));
    }
    return rows.size() == 1 ? rows.getFirst() : Tensor.cat(rows, 1);
  }

  /** A window filled up to its full size. */
  private Tensor filled(Tensor inside, Tensor filling) {
    long[] s = inside.shape();
    Tensor wide = s[2] == window
        ? inside
        : Tensor.cat(List.of(inside, filling.expand(s[0], s[1], window - s[2], s[3])), 2);
    return s[1] == window
        ? wide
        : Tensor.cat(List.of(wide, filling.expand(s[0], window - s[1], window, s[3])), 1);
  }

  /** Features (batch, y, x, width) from queries, keys and values (batch, y, x, 3 width). */
  private Tensor attend(Tensor all, RelativePositions.Pairs pairs) {
    long[] s = all.shape();
    long width = s[3] / 3 / heads;
    long places = s[1] * s[2];
    Tensor each = all.reshape(s[0], places, 3, heads, width).permute(2, 0, 3, 1, 4).contiguous();
    Tensor q = each.narrow(0, 0, 1).squeeze(0);
    RelativePositions.Bias bias = pairs.bias(q.reshape(s[0], heads, s[1], s[2], width));
    long perHead = 4 * s[0] * places * places;
    long group = Math.max(1, Math.min(heads, BIAS_BYTES / perHead));
    long lines = Math.max(1, Math.min(s[1], BIAS_BYTES * s[1] / (perHead * group)));
    List<Tensor> results = new ArrayList<>();
    for (long head = 0; head < heads; head += group) {
      long n = Math.min(group, heads - head);
      Tensor k = each.narrow(0, 1, 1).squeeze(0).narrow(1, head, n);
      Tensor v = each.narrow(0, 2, 1).squeeze(0).narrow(1, head, n);
      List<Tensor> parts = new ArrayList<>();
      for (long line = 0; line < s[1]; line += lines) {
        try (TorchScope part = TorchScope.open("lines")) {
          long rows = Math.min(lines, s[1] - line);
          Tensor queries = q.narrow(1, head, n).narrow(2, line * s[2], rows * s[2]);
          parts.add(part.keep(Functional.attention(queries, k, v,
              Optional.of(bias.of(head, n, line, rows)), 1 / Math.sqrt(width))));
        }
      }
      results.add(parts.size() == 1 ? parts.getFirst() : Tensor.cat(parts, 2));
    }
    Tensor joined = results.size() == 1 ? results.getFirst() : Tensor.cat(results, 1);
    return joined.permute(0, 2, 1, 3).reshape(s[0], s[1], s[2], s[3] / 3);
  }
}
