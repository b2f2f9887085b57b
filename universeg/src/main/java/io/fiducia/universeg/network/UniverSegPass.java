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
    CrossBlock.First first = encoder.getFirst().firstPooled(targets,
        CrossBlock.mean(List.of(support.slices()), batch), support.chunks(batch));
    CrossBlock.Both at = encoder.get(1).forward(InContextNetwork.pooled(first.both().target()),
        first.both().support());
    List<CrossBlock.Both> skips = new ArrayList<>(List.of(at));
    for (int i = 2; i < encoder.size(); i++) {
      at = encoder.get(i).forward(InContextNetwork.pooled(at.target()),
          at.support().stream().map(InContextNetwork::pooled).toList());
      skips.add(at);
    }
    for (int i = 0; i < decoder.size() - 1; i++) {
      CrossBlock.Both skip = skips.get(skips.size() - 2 - i);
      at = decoder.get(i).forward(InContextNetwork.joined(at.target(), skip.target()),
          InContextNetwork.joined(at.support(), skip.support()));
    }
    Tensor mean = CrossBlock.mean(at.support(), batch);
    return decoder.getLast().targetOnly(
        InContextNetwork.joined(at.target(), first.both().target()),
        List.of(() -> InContextNetwork.joined(mean, first.supportMean())));
  }
}
