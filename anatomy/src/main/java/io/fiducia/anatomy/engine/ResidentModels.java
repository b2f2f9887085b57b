package io.fiducia.anatomy.engine;

import io.fiducia.anatomy.task.ModelSource;
import io.fiducia.base.AvailableMemory;
import io.fiducia.base.FiduciaException;
import io.fiducia.learn.window.Precision;
import io.fiducia.learn.window.SlidingWindow;
import io.fiducia.nnunet.infer.ModelFolder;
import io.fiducia.nnunet.infer.ModelOptions;
import io.fiducia.nnunet.infer.NnunetSegmenter;
import io.fiducia.torch.Device;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Networks that stay in memory from one scan to the next, as many as a budget allows; the one that was
 * not used for longest is freed first. The networks belong to the thread that uses this object.
 */
public final class ResidentModels implements AutoCloseable {
  /** Networks may take this share of the memory that is free at the start. */
  private static final double SHARE = 0.3;

  /**
   * How all networks compute.
   *
   * @param scratch folder for intermediate results of a patient's case where memory does not suffice;
   *     must lie beside the output
   * @param budgetBytes memory for weights; one network is always kept
   */
  public record Settings(Device device, Precision precision, Path scratch, long budgetBytes) {
    /** Single precision, and a third of the free memory for weights. */
    public static Settings on(Device device, Path scratch) {
      return new Settings(device, Precision.FP32, scratch,
          (long) (AvailableMemory.bytes() * SHARE));
    }

    /** The same with another precision. */
    public Settings with(Precision other) {
      return new Settings(device, other, scratch, budgetBytes);
    }
  }

  /**
   * How a network covers an image with patches.
   *
   * @param step distance between patches as a share of the patch
   * @param emptyBelow patches of a CT in which no voxel reaches this intensity are not computed; empty:
   *     all are
   */
  public record Tiling(double step, OptionalDouble emptyBelow) {}

  /** What distinguishes two loaded networks. */
  private record Key(Path folder, List<String> folds, Tiling tiling) {}

  private record Loaded(NnunetSegmenter segmenter, long bytes) {}

  private final Settings settings;
  /** In the order of last use. */
  private final Map<Key, Loaded> models = new LinkedHashMap<>(16, 0.75f, true);

  /** An empty set of networks. */
  public ResidentModels(Settings settings) {
    this.settings = settings;
  }

  /**
   * A network, loaded unless it is in memory. It is valid until the next call of this method, and must
   * not be closed by the caller.
   *
   * @param folder its model folder
   * @throws FiduciaException as {@link NnunetSegmenter#open}
   */
  public NnunetSegmenter get(ModelSource source, Path folder, Tiling tiling) {
    Key key = new Key(folder.toAbsolutePath().normalize(), source.folds(), tiling);
    Loaded found = models.get(key);
    if (found != null) {
      return found.segmenter();
    }
    makeRoom(held() / Math.max(1, models.size()));
    ModelOptions always = ModelOptions.on(settings.device()).withFolds(source.folds())
        .withStep(tiling.step()).withMirroring(false).withPrecision(settings.precision())
        .withAccumulation(SlidingWindow.Accumulation.HALF);
    ModelOptions options = tiling.emptyBelow().isPresent()
        ? always.withEmptyBelow(tiling.emptyBelow().getAsDouble())
        : always;
    NnunetSegmenter segmenter = NnunetSegmenter.open(ModelFolder.open(folder), options,
        settings.scratch());
    models.put(key, new Loaded(segmenter, segmenter.model().bytes()));
    return segmenter;
  }

  /** Frees networks until {@code wanted} bytes fit into the budget. */
  private void makeRoom(long wanted) {
    Iterator<Loaded> oldest = models.values().iterator();
    while (held() + wanted > settings.budgetBytes() && oldest.hasNext()) {
      Loaded model = oldest.next();
      oldest.remove();
      model.segmenter().close();
    }
  }

  private long held() {
    return models.values().stream().mapToLong(Loaded::bytes).sum();
  }

  /** The number of networks in memory. */
  public int size() {
    return models.size();
  }

  /** Frees all networks; closing twice does nothing. */
  @Override
  public void close() {
    models.values().forEach(m -> m.segmenter().close());
    models.clear();
  }
}
