package io.fiducia.universeg.network;

import io.fiducia.torch.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** MultiverSeg's way through its blocks: as published, but for the last block's unused support side. */
record MultiverSegPass(List<CrossBlock> encoder, List<CrossBlock> decoder) {
  /** Features (batch, width, y, x) for the last layer. */
  Tensor run(Tensor targets, Support support) {
    CrossBlock.Both at = encoder.getFirst().forwardPrepared(targets,
        support.chunks(targets.size(0)));
    List<CrossBlock.Both> skips = new ArrayList<>(List.of(at));
    for (int i = 1; i < encoder.size(); i++) {
      at = encoder.get(i).forward(InContextNetwork.pooled(at.target()),
          at.support().stream().map(InContextNetwork::pooled).toList());
      skips.add(at);
    }
    for (int i = 0; i < decoder.size() - 1; i++) {
      CrossBlock.Both skip = skips.get(skips.size() - 2 - i);
      at = decoder.get(i).forward(InContextNetwork.joined(at.target(), skip.target()),
          InContextNetwork.joined(at.support(), skip.support()));
    }
    CrossBlock.Both finest = skips.getFirst();
    List<Tensor> low = at.support();
    List<Supplier<Tensor>> chunks = IntStream.range(0, low.size())
        .<Supplier<Tensor>>mapToObj(
            i -> () -> InContextNetwork.joined(low.get(i), finest.support().get(i)))
        .toList();
    return decoder.getLast().targetOnly(
        InContextNetwork.joined(at.target(), finest.target()), chunks);
  }
}
