package io.fiducia.promptable.adapt.train;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.promptable.cache.ContentHash;
import io.fiducia.promptable.cache.EmbeddingCache;
import io.fiducia.promptable.cache.EmbeddingKey;
import io.fiducia.promptable.sam.SamSliceModel;
import io.fiducia.promptable.slice.SliceEmbedding;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.torch.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Embeddings of unchanged slices by a frozen encoder, each computed once: in memory, and beyond that on disk. */
final class EmbeddingStore {
  private static final long DISK_BYTES = 64L << 30;
  private static final String TASK = "Encode slices";

  private final SamSliceModel model;
  private final long memoryBytes;
  private final EmbeddingCache disk;
  private final Map<TrainingPicture, SliceEmbedding> memory = new IdentityHashMap<>();
  /** Keys of those on disk; to make one, a whole picture is hashed. */
  private final Map<TrainingPicture, EmbeddingKey> keys = new IdentityHashMap<>();
  private long held;

  /**
   * An empty store.
   *
   * @param memoryBytes embeddings in memory may take so many
   * @param folder for those beyond; made when it is needed
   */
  EmbeddingStore(SamSliceModel model, long memoryBytes, Path folder, Progress progress) {
    this.model = model;
    this.memoryBytes = memoryBytes;
    this.disk = new EmbeddingCache(folder, DISK_BYTES, progress);
  }

  /** The embeddings of examples, (batch, channels, grid, grid). */
  Tensor of(List<Example> examples) {
    List<Tensor> out = new ArrayList<>();
    for (Example e : examples) {
      SliceEmbedding one = of(e.source());
      out.add(Tensor.of(one.features(), model.network().device(), 1, one.channels(), one.side(),
          one.side()));
    }
    return out.size() == 1 ? out.getFirst() : Tensor.cat(out, 0);
  }

  private SliceEmbedding of(TrainingPicture picture) {
    SliceEmbedding known = memory.get(picture);
    if (known != null) {
      return known;
    }
    SlicePicture shown = picture.picture();
    if (held >= memoryBytes) {
      return disk.get(keys.computeIfAbsent(picture, p -> key(shown)), () -> model.embed(shown));
    }
    SliceEmbedding made = model.embed(shown);
    memory.put(picture, made);
    held += made.bytes();
    return made;
  }

  private EmbeddingKey key(SlicePicture shown) {
    return new EmbeddingKey(ContentHash.of(Arrays.toString(shown.grey())), 0, 0,
        new EmbeddingKey.Range(0, 255), shown.width(), shown.height(), model.identity());
  }

  /** Computes the embeddings of pictures before they are used. */
  void prepare(List<TrainingPicture> pictures, Progress progress, Cancellation cancellation) {
    progress.started(TASK, pictures.size(), "slices");
    try {
      for (int i = 0; i < pictures.size(); i++) {
        cancellation.check("encoding slices to train on");
        of(pictures.get(i));
        progress.advanced(TASK, i + 1L, pictures.get(i).caseId());
      }
    } finally {
      progress.finished(TASK);
    }
  }
}
