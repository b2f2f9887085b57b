package io.fiducia.universeg.network;

import java.util.ArrayList;
import java.util.List;

/**
 * The part of the way that both networks share: down through the encoder below its first blocks, and up
 * through the decoder to its last block, which each network takes in its own way.
 */
record BlockChain(List<CrossBlock> encoder, List<CrossBlock> decoder) {
  /**
   * What each encoder block gives, from one on.
   *
   * @param at the result of block {@code block}
   */
  List<CrossBlock.Both> down(CrossBlock.Both at, int block) {
    List<CrossBlock.Both> results = new ArrayList<>(List.of(at));
    for (CrossBlock next : encoder.subList(block + 1, encoder.size())) {
      CrossBlock.Both last = results.getLast();
      results.add(next.forward(InContextNetwork.pooled(last.target()),
          last.support().stream().map(InContextNetwork::pooled).toList()));
    }
    return results;
  }

  /** What the decoder's last block but one gives, after the encoder's results. */
  CrossBlock.Both up(List<CrossBlock.Both> results) {
    CrossBlock.Both at = results.getLast();
    for (int i = 0; i < decoder.size() - 1; i++) {
      CrossBlock.Both skip = results.get(results.size() - 2 - i);
      at = decoder.get(i).forward(InContextNetwork.joined(at.target(), skip.target()),
          InContextNetwork.joined(at.support(), skip.support()));
    }
    return at;
  }
}
