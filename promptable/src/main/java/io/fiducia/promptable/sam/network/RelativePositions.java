package io.fiducia.promptable.sam.network;

import io.fiducia.torch.Functional;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.nn.Initializer;
import java.util.function.BiConsumer;

/**
 * What a query adds to its attention for the distance of a key, along rows and along columns (Li et al.,
 * MViTv2, 2022): a learned vector for each distance, shared by all heads. The query is not scaled.
 *
 * @param alongY vectors for distances in rows, (2 size − 1, width)
 * @param alongX vectors for distances in columns
 */
record RelativePositions(Tensor alongY, Tensor alongX) {
  static RelativePositions create(Initializer init, long length, long width) {
    return new RelativePositions(init.constant(0, length, width),
        init.constant(0, length, width));
  }

  void collect(String prefix, BiConsumer<String, Tensor> out) {
    out.accept(prefix + "rel_pos_h", alongY);
    out.accept(prefix + "rel_pos_w", alongX);
  }

  /** The vectors for every pair of query and key on a grid of a size. */
  Pairs pairs(int size) {
    return new Pairs(pairs(alongY, size), pairs(alongX, size));
  }

  /** (query, width, key): vectors of the distance query − key. */
  private static Tensor pairs(Tensor table, int size) {
    long length = 2L * size - 1;
    Tensor fitting = table.size(0) == length
        ? table
        : Functional.resizeLine(table.permute(1, 0).unsqueeze(0), length).squeeze(0).permute(1, 0);
    long[] index = new long[size * size];
    for (int q = 0; q < size; q++) {
      for (int k = 0; k < size; k++) {
        index[q * size + k] = q - k + size - 1;
      }
    }
    return fitting.indexSelect(0, Tensor.ofLongs(index, table.device(), index.length))
        .reshape(size, size, table.size(1)).permute(0, 2, 1);
  }

  /**
   * The vectors for pairs.
   *
   * @param alongY (query's row, width, key's row)
   * @param alongX (query's column, width, key's column)
   */
  record Pairs(Tensor alongY, Tensor alongX) {
    /**
     * What each query adds for the rows and for the columns of keys.
     *
     * @param q (batch, heads, rows, columns, width)
     */
    Bias bias(Tensor q) {
      long[] s = q.shape();
      long keys = s[2];
      Tensor y = q.permute(2, 0, 1, 3, 4).reshape(s[2], s[0] * s[1] * s[3], s[4])
          .matmul(alongY).reshape(s[2], s[0], s[1], s[3], keys, 1).permute(1, 2, 0, 3, 4, 5);
      Tensor x = q.permute(3, 0, 1, 2, 4).reshape(s[3], s[0] * s[1] * s[2], s[4])
          .matmul(alongX).reshape(s[3], s[0], s[1], s[2], 1, keys).permute(1, 2, 3, 0, 4, 5);
      return new Bias(y, x);
    }
  }

  /**
   * What queries add to their attention.
   *
   * @param alongY (batch, heads, rows, columns, keys' rows, 1)
   * @param alongX (batch, heads, rows, columns, 1, keys' columns)
   */
  record Bias(Tensor alongY, Tensor alongX) {
    /** The sum for some heads and rows of queries, (batch, heads, rows · columns, keys). */
    Tensor of(long head, long heads, long row, long rows) {
      Tensor y = alongY.narrow(1, head, heads).narrow(2, row, rows);
      Tensor x = alongX.narrow(1, head, heads).narrow(2, row, rows);
      long keys = y.size(4) * x.size(5);
      return y.add(x).reshape(y.size(0), heads, rows * y.size(3), keys);
    }
  }
}
