package io.fiducia.universeg.segment;

import io.fiducia.torch.Autograd;
import io.fiducia.torch.Tensor;
import io.fiducia.torch.TensorOwner;
import io.fiducia.torch.TorchScope;
import io.fiducia.universeg.network.InContextNetwork;
import io.fiducia.universeg.network.Support;
import io.fiducia.universeg.slice.IntensityWindow;
import io.fiducia.universeg.slice.SliceView;
import io.fiducia.universeg.support.StructureStack;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Support slices as the network has prepared them, kept between target slices: neighbouring slices and
 * other draws need mostly the same. The least recently used ones are dropped beyond a bound of memory.
 * It lives on one thread; close it.
 */
final class SupportSlices implements AutoCloseable {
  /** Bytes of native memory that prepared slices may take. */
  private static final long BOUND = 1L << 30;

  private final InContextNetwork network;
  private final SliceView view;
  private final IntensityWindow scale;
  private final Map<Key, Kept> kept = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  /** Which slice. */
  record Key(StructureStack stack, int slice) {}

  /** A prepared slice and what frees it. */
  private record Kept(Support support, TensorOwner owner, long bytes) {}

  /**
   * Slices of one size and scale.
   *
   * @param view whose slices they are for
   */
  SupportSlices(InContextNetwork network, SliceView view, IntensityWindow scale) {
    this.network = network;
    this.view = view;
    this.scale = scale;
  }

  /** The slices together, in the innermost scope. */
  Support of(List<Key> slices) {
    List<Support> parts = slices.stream().map(this::one).toList();
    Support joined = Support.join(parts);
    while (bytes > BOUND && kept.size() > slices.size()) {
      Map.Entry<Key, Kept> oldest = kept.entrySet().iterator().next();
      bytes -= oldest.getValue().bytes();
      oldest.getValue().owner().close();
      kept.remove(oldest.getKey());
    }
    return joined;
  }

  private Support one(Key key) {
    Kept found = kept.get(key);
    if (found == null) {
      found = prepare(key);
      kept.put(key, found);
      bytes += found.bytes();
    }
    return found.support();
  }

  private Kept prepare(Key key) {
    TensorOwner owner = new TensorOwner("support slice");
    try (TorchScope scope = TorchScope.open("support slice");
        Autograd.Guard none = Autograd.noGrad()) {
      Support made = network.support(Tensor.of(
          key.stack().forNetwork(key.slice(), view.pixels(), view.sideMm(), scale),
          network.device(), 1, 2, view.pixels(), view.pixels()));
      owner.adopt(made.slices());
      owner.adopt(made.prepared());
      return new Kept(made, owner, owner.bytes());
    } catch (RuntimeException | Error e) {
      owner.close();
      throw e;
    }
  }

  @Override
  public void close() {
    kept.values().forEach(k -> k.owner().close());
    kept.clear();
  }
}
