package io.fiducia.universeg.network;

import io.fiducia.torch.Tensor;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** MultiverSeg's way through its blocks: as published, but for the last block's unused support side. */
record MultiverSegPass(BlockChain chain) {
  /** Features (batch, width, y, x) for the last layer. */
  Tensor run(Tensor targets, Support support) {
    CrossBlock.Both first = chain.encoder().getFirst().forwardPrepared(targets,
        support.chunks(targets.size(0)));
    CrossBlock.Both at = chain.up(chain.down(first, 0));
    List<Supplier<Tensor>> chunks = IntStream.range(0, at.support().size())
        .<Supplier<Tensor>>mapToObj(i -> () -> InContextNetwork
            .joined(at.support().get(i), first.support().get(i)))
        .toList();
    return chain.decoder().getLast().targetOnly(
        InContextNetwork.joined(at.target(), first.target()), chunks);
  }
}
