package io.fiducia.universeg.network;

import io.fiducia.torch.Tensor;
import java.util.ArrayList;
import java.util.List;

/** MultiverSeg's way through its blocks: as published, but for the last block's unused support side. */
record MultiverSegPass(List<CrossBlock> encoder, List<CrossBlock> decoder) {
  /** Features (batch, width, y, x) for the last layer. */
  Tensor run(Tensor targets, Support support) {
    List<CrossBlock.Both> skips = new ArrayList<>();
    CrossBlock.Both at = encoder.getFirst().forward(targets, support.slices(), support.prepared());
    skips.add(at);
    for (int i = 1; i < encoder.size(); i++) {
      at = encoder.get(i).forward(InContextNetwork.pooled(at.target()),
          InContextNetwork.pooled(at.support()));
      skips.add(at);
    }
    for (int i = 0; i < decoder.size() - 1; i++) {
      CrossBlock.Both skip = skips.get(skips.size() - 2 - i);
      at = decoder.get(i).forward(UniverSegPass.joined(at.target(), skip.target()),
          UniverSegPass.joined(at.support(), skip.support()));
    }
    CrossBlock.Both finest = skips.getFirst();
    return decoder.getLast().targetOnly(UniverSegPass.joined(at.target(), finest.target()),
        UniverSegPass.joined(at.support(), finest.support()));
  }
}
