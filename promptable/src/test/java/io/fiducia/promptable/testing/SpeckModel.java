package io.fiducia.promptable.testing;

import io.fiducia.promptable.slice.ModelIdentity;
import io.fiducia.promptable.slice.SliceAnswer;
import io.fiducia.promptable.slice.SliceEmbedding;
import io.fiducia.promptable.slice.SliceModel;
import io.fiducia.promptable.slice.SlicePicture;
import io.fiducia.promptable.slice.SlicePrompts;
import java.util.List;

/** A {@link GrowingModel} that finds one pixel more in every answer. */
public final class SpeckModel implements SliceModel {
  private final GrowingModel growing = new GrowingModel('d');
  private final int x;
  private final int y;

  /** A model that always finds this pixel. */
  public SpeckModel(int x, int y) {
    this.x = x;
    this.y = y;
  }

  @Override
  public ModelIdentity identity() {
    return growing.identity();
  }

  @Override
  public SliceEmbedding embed(SlicePicture picture) {
    return growing.embed(picture);
  }

  @Override
  public List<SliceAnswer> answer(SliceEmbedding embedding, SlicePrompts prompts) {
    List<SliceAnswer> answers = growing.answer(embedding, prompts);
    answers.forEach(a -> a.probabilities()[y * embedding.width() + x] = 0.8f);
    return answers;
  }

  @Override
  public float[] maskPrompt(int width, int height, float[] probabilities) {
    return growing.maskPrompt(width, height, probabilities);
  }

  @Override
  public void close() {
    growing.close();
  }
}
