package io.fiducia.promptable.adapt.layer;

/**
 * Size and places of low-rank additions.
 *
 * @param rank of each addition
 * @param alpha what is added is multiplied by alpha / rank
 * @param all whether keys and the attention's last layer get additions too; otherwise queries and values, as
 *     SAMed
 * @param decoder whether the decoder's attention gets additions and its own weights stay as they are; otherwise
 *     the whole decoder trains, which was better in SAMed (81.9 against 77.8 Dice)
 */
public record LowRank(int rank, double alpha, boolean all, boolean decoder) {
  public LowRank {
    if (rank < 1 || !(alpha > 0) || !Double.isFinite(alpha)) {
      throw new IllegalArgumentException("rank " + rank + ", alpha " + alpha);
    }
  }

  /** SAMed's: rank 4, factor 1, queries and values of the image encoder. */
  public static LowRank usual() {
    return new LowRank(4, 4, false, false);
  }

  double scale() {
    return alpha / rank;
  }
}
