package io.fiducia.promptable.slice;

import io.fiducia.base.FiduciaException;
import java.util.List;
import java.util.function.DoublePredicate;

/**
 * A model that answers prompts in one picture. The picture is encoded once, which is the expensive part; then
 * any number of prompts are answered from its embedding. To be used by one thread at a time.
 */
public interface SliceModel extends AutoCloseable {
  /** What names this model in a cache of embeddings. */
  ModelIdentity identity();

  /** Encodes a picture. */
  SliceEmbedding embed(SlicePicture picture);

  /**
   * One answer for each mask, in the model's order.
   *
   * @param embedding made by this model, or by another one with the same {@link #identity}
   * @throws FiduciaException BAD_INPUT for prompts that {@link SlicePrompts#check} refuses, that this model
   *     does not understand, or an embedding of another model
   */
  List<SliceAnswer> answer(SliceEmbedding embedding, SlicePrompts prompts);

  /**
   * The answers to several prompts in one picture: one list for each, in their order. A model may compute them
   * together, which takes more memory and less time.
   *
   * @param wanted whether a mask of a predicted IoU is wanted; asked once for each mask, in the order of the prompts
   *     and masks. Other masks are left out, which saves the time to scale them to the picture
   * @throws FiduciaException as {@link #answer}
   */
  default List<List<SliceAnswer>> answers(SliceEmbedding embedding, List<SlicePrompts> prompts,
      DoublePredicate wanted) {
    return prompts.stream().map(p -> answer(embedding, p).stream()
        .filter(a -> wanted.test(a.predictedIou())).toList()).toList();
  }

  /**
   * The mask prompt ({@link SlicePrompts#maskLogits}) that stands for a mask of the picture, in the model's
   * own frame: logits of ±6.9 (probability 0.999) that fade over the mask's border, and 0 where the
   * picture ends (micro-sam's rule).
   *
   * @param probabilities of the picture's pixels, row by row, 0 to 1; a mask's are 0 and 1
   */
  float[] maskPrompt(int width, int height, float[] probabilities);

  /** Frees the weights. */
  @Override
  void close();
}
