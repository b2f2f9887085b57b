package io.fiducia.promptable.volume;

import io.fiducia.promptable.cache.ContentHash;
import io.fiducia.promptable.cache.EmbeddingCache;
import io.fiducia.promptable.cache.EmbeddingKey;
import io.fiducia.promptable.slice.SliceAnswer;
import io.fiducia.promptable.slice.SliceEmbedding;
import io.fiducia.promptable.slice.SliceModel;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.promptable.slice.SlicePrompts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The slices of an image as a model has encoded them. A slice is encoded when it is first asked for; the
 * embeddings used last stay in memory, all of them in the cache if there is one. For one thread. The model
 * belongs to the caller, who closes it.
 */
public final class EncodedStack {
  /** Bytes of embeddings that are kept in memory; at least one embedding is. */
  private static final long MEMORY = 256L << 20;

  private final PlaneStack stack;
  private final SliceModel model;
  private final Optional<EmbeddingCache> cache;
  /** The least recently used first. */
  private final Map<Integer, SliceEmbedding> inMemory = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;
  private int encoded;
  /** Computed when a key is first needed. */
  private Optional<String> imageHash = Optional.empty();

  /** Nothing is encoded yet. */
  public EncodedStack(PlaneStack stack, SliceModel model, Optional<EmbeddingCache> cache) {
    this.stack = stack;
    this.model = model;
    this.cache = cache;
  }

  /** The slices. */
  public PlaneStack stack() {
    return stack;
  }

  /** The model. */
  public SliceModel model() {
    return model;
  }

  /** How many slices this object had the model encode. */
  public int encoded() {
    return encoded;
  }

  /** The answers to prompts in a slice, in pixels of its picture. */
  public List<SliceAnswer> answer(int slice, SlicePrompts prompts) {
    // Wrong prompts are refused before the expensive part.
    prompts.check(stack.width(), stack.height());
    return model.answer(embedding(slice), prompts);
  }

  /** The mask prompt that stands for probabilities of a picture. */
  public float[] maskPrompt(float[] probabilities) {
    return model.maskPrompt(stack.width(), stack.height(), probabilities);
  }

  private SliceEmbedding embedding(int slice) {
    SliceEmbedding kept = inMemory.get(slice);
    if (kept != null) {
      return kept;
    }
    SliceEmbedding made = cache.map(c -> c.get(key(slice), () -> encode(slice)))
        .orElseGet(() -> encode(slice));
    inMemory.put(slice, made);
    bytes += made.bytes();
    var oldest = inMemory.entrySet().iterator();
    while (bytes > MEMORY && inMemory.size() > 1) {
      bytes -= oldest.next().getValue().bytes();
      oldest.remove();
    }
    return made;
  }

  private SliceEmbedding encode(int slice) {
    encoded++;
    return model.embed(new SlicePicture(stack.width(), stack.height(), stack.grey(slice)));
  }

  private EmbeddingKey key(int slice) {
    if (imageHash.isEmpty()) {
      imageHash = Optional.of(ContentHash.of(stack.image()));
    }
    return new EmbeddingKey(imageHash.get(), stack.axes().normal(), slice,
        new EmbeddingKey.Range(stack.window().low(), stack.window().high()), stack.width(),
        stack.height(), model.identity());
  }
}
