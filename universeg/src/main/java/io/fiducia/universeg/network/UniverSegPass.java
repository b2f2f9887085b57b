package io.fiducia.universeg.network;

import io.fiducia.torch.Tensor;
import java.util.List;

/**
 * UniverSeg's way through its blocks. The last block takes from the support only a mean, and both the
 * mean and what leads to it (upsampling, joining) are linear: so at full resolution no convolution runs
 * over the support slices of a prepared support.
 */
record UniverSegPass(BlockChain chain) {
  /** Features (batch, width, y, x) for the last layer. */
  Tensor run(Tensor targets, Support support) {
    long batch = targets.size(0);
    CrossBlock.First first = chain.encoder().getFirst().firstPooled(targets,
        CrossBlock.mean(List.of(support.slices()), batch), support.chunks(batch));
    CrossBlock.Both second = chain.encoder().get(1).forward(
        InContextNetwork.pooled(first.both().target()), first.both().support());
    CrossBlock.Both at = chain.up(chain.down(second, 1));
    Tensor mean = CrossBlock.mean(at.support(), batch);
    return chain.decoder().getLast().targetOnly(
        InContextNetwork.joined(at.target(), first.both().target()),
        List.of(() -> InContextNetwork.joined(mean, first.supportMean())));
  }
}
