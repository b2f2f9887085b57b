package io.fiducia.universeg.network;

import io.fiducia.torch.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * UniverSeg's way through its blocks. The last block takes from the support only a mean, and both the
 * mean and what leads to it (upsampling, joining) are linear: so at full resolution no convolution runs
 * over the support slices of a prepared support.
 */
record UniverSegPass(List<CrossBlock> encoder, List<CrossBlock> decoder) {
  /** Features (batch, width, y, x) for the last layer. */
  Tensor run(Tensor targets, Support support) {
    long batch = targets.size(0);
    CrossBlock.Both at = encoder.getFirst().forward(targets,
        CrossBlock.mean(support.slices(), batch), support.prepared());
    List<CrossBlock.Both> skips = new ArrayList<>();
    Tensor finestMean = CrossBlock.mean(at.support(), batch);
    skips.add(new CrossBlock.Both(at.target(), finestMean));
    for (int i = 1; i < encoder.size(); i++) {
      at = encoder.get(i).forward(InContextNetwork.pooled(at.target()),
          InContextNetwork.pooled(at.support()));
      skips.add(at);
    }
    for (int i = 0; i < decoder.size() - 1; i++) {
      CrossBlock.Both skip = skips.get(skips.size() - 2 - i);
      at = decoder.get(i).forward(joined(at.target(), skip.target()),
          joined(at.support(), skip.support()));
    }
    return decoder.getLast().targetOnly(joined(at.target(), skips.getFirst().target()),
        joined(CrossBlock.mean(at.support(), batch), finestMean));
  }

  static Tensor joined(Tensor low, Tensor skip) {
    return Tensor.cat(List.of(InContextNetwork.upsampled(low), skip), 1);
  }
}
