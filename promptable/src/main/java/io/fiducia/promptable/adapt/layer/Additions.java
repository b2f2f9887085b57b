package io.fiducia.promptable.adapt.layer;

import io.fiducia.base.SeededRandom;
import io.fiducia.promptable.sam.network.DecoderAttention;
import io.fiducia.promptable.sam.network.SamNetwork;
import io.fiducia.promptable.sam.network.TinyVitBlock;
import io.fiducia.promptable.sam.network.TinyVitEncoder;
import io.fiducia.promptable.sam.network.TinyVitShape;
import io.fiducia.promptable.sam.network.TwoWayLayer;
import io.fiducia.promptable.sam.network.VitBlock;
import io.fiducia.promptable.sam.network.VitEncoder;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TorchScope;
import io.fiducia.torch.checkpoint.StoredTensor;
import io.fiducia.torch.nn.Initializer;
import io.fiducia.torch.nn.Linear;
import io.fiducia.torch.nn.LinearMap;
import io.fiducia.torch.nn.StoredTensors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Puts additions into a network, and takes them out again by merging. */
public final class Additions {
  /** What the names of low-rank additions have behind the layer's name. */
  public static final String LOW_RANK = "lora.";
  /** What the names of adapters have behind the layer's name. */
  public static final String ADAPTER = "adapter.";

  private static final List<String> ATTENTION = List.of("q", "k", "v");
  private static final List<String> QUERY_AND_VALUE = List.of("q", "v");
  /** Factor of the adapter beside the linear layers. */
  private static final double BESIDE = 0.5;
  private static final LowRankLinear.Layout WHOLE = new LowRankLinear.Layout(1, List.of("whole"));

  private final SamNetwork network;
  private final List<LowRankLinear> lowRank = new ArrayList<>();

  private Additions(SamNetwork network) {
    this.network = network;
  }

  /** A network without additions. */
  public static Additions none(SamNetwork network) {
    return new Additions(network);
  }

  /**
   * Adds low-rank layers to a network that has no additions yet.
   *
   * @param seed where their random start comes from
   */
  public static Additions lowRank(SamNetwork network, LowRank settings, long seed) {
    Additions out = new Additions(network);
    SeededRandom random = SeededRandom.of(seed, "low-rank additions");
    List<String> parts = settings.all() ? ATTENTION : QUERY_AND_VALUE;
    UnaryOperator<LinearMap> whole = out.adder(WHOLE, WHOLE.names(), settings, random);
    switch (network.encoder()) {
      case VitEncoder vit -> {
        for (VitBlock block : vit.blocks()) {
          block.attention().wrapQkv(
              out.adder(new LowRankLinear.Layout(1, ATTENTION), parts, settings, random));
          if (settings.all()) {
            block.attention().wrapProjection(whole);
          }
        }
      }
      case TinyVitEncoder tiny -> {
        List<Integer> heads = heads(network);
        for (int i = 0; i < tiny.blocks().size(); i++) {
          TinyVitBlock block = tiny.blocks().get(i);
          block.attention().wrapQkv(out.adder(
              new LowRankLinear.Layout(heads.get(i), ATTENTION), parts, settings, random));
          if (settings.all()) {
            block.attention().wrapProjection(whole);
          }
        }
      }
    }
    if (settings.decoder()) {
      for (DecoderAttention attention : decoderAttentions(network)) {
        attention.wrapQueryAndValue(whole);
        if (settings.all()) {
          attention.wrapKeyAndResult(whole);
        }
      }
    }
    return out;
  }

  /** The number of heads of each block of a TinyViT. */
  private static List<Integer> heads(SamNetwork network) {
    List<Integer> out = new ArrayList<>();
    if (network.shape().encoder() instanceof TinyVitShape shape) {
      for (int stage = 1; stage < shape.depths().size(); stage++) {
        for (int i = 0; i < shape.depths().get(stage); i++) {
          out.add(shape.heads().get(stage));
        }
      }
    }
    return out;
  }

  private static List<DecoderAttention> decoderAttentions(SamNetwork network) {
    List<DecoderAttention> out = new ArrayList<>();
    for (TwoWayLayer layer : network.decoder().layers()) {
      out.addAll(layer.attentions());
    }
    out.add(network.decoder().last());
    return out;
  }

  private UnaryOperator<LinearMap> adder(LowRankLinear.Layout layout, List<String> parts,
      LowRank settings, SeededRandom random) {
    return layer -> {
      LowRankLinear added = new LowRankLinear(plain(layer), layout, parts, settings,
          network.owner(), random);
      lowRank.add(added);
      return added;
    };
  }

  private static Linear plain(LinearMap layer) {
    if (layer instanceof Linear linear) {
      return linear;
    }
    throw new IllegalStateException("the network has additions already");
  }

  /**
   * Adds two adapters to every block of the image encoder: one behind the attention, and one beside the two linear
   * layers, whose result counts half (Wu et al., Medical SAM Adapter, 2023).
   *
   * @param seed where their random start comes from
   */
  public static Additions adapters(SamNetwork network, long seed) {
    Initializer first = new Initializer(network.owner(), network.device(),
        SeededRandom.of(seed, "adapters"));
    Bottleneck.Starts starts = new Bottleneck.Starts(first,
        Initializer.zeros(network.owner(), network.device()));
    switch (network.encoder()) {
      case VitEncoder vit -> vit.blocks().forEach(block -> block.attention()
          .wrapProjection(layer -> behind(layer, starts, block::addBeside)));
      case TinyVitEncoder tiny -> tiny.blocks().forEach(block -> block.attention()
          .wrapProjection(layer -> behind(layer, starts, block::addBeside)));
    }
    return new Additions(network);
  }

  /** A layer with an adapter behind it; another one of the same width goes beside the linear layers. */
  private static AdapterLinear behind(LinearMap layer, Bottleneck.Starts starts,
      Consumer<LinearMap> beside) {
    long width = plain(layer).weight().size(0);
    AdapterLinear out = new AdapterLinear(layer, new Bottleneck(starts, width, 1));
    beside.accept(new Bottleneck(starts, width, BESIDE));
    return out;
  }

  /** Whether weights have adapters, so that their network needs them. */
  public static boolean hasAdapters(Collection<String> names) {
    return names.stream().anyMatch(name -> name.contains("." + ADAPTER));
  }

  /** Whether a tensor of that name belongs to an addition. */
  public static boolean isAddition(String name) {
    return name.contains("." + LOW_RANK) || name.contains("." + ADAPTER);
  }

  /**
   * Copies of the network's tensors with low-rank additions merged into their layers. Without adapters these
   * are the released names and shapes; adapters cannot be merged and keep names of their own.
   */
  public Map<String, StoredTensor> merged() {
    Map<String, StoredTensor> out = new LinkedHashMap<>();
    network.state().forEach((name, tensor) -> {
      if (!name.contains("." + LOW_RANK)) {
        out.put(name, merged(tensor));
      }
    });
    return out;
  }

  private StoredTensor merged(Tensor tensor) {
    try (TorchScope scope = TorchScope.open("merged tensor")) {
      for (LowRankLinear layer : lowRank) {
        if (layer.baseWeight() == tensor) {
          return StoredTensors.toStored(layer.mergedWeight());
        }
      }
      return StoredTensors.toStored(tensor);
    }
  }
}
