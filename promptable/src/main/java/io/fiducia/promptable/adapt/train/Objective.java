package io.fiducia.promptable.adapt.train;

import io.fiducia.torch.Tensor;
import java.util.List;
import java.util.Map;

/** What a model should learn: to answer prompts, or to find all structures without any. */
sealed interface Objective permits PromptObjective, AutomaticObjective {
  /** The examples of a step. */
  List<Example> draw(int step, int size);

  /**
   * The loss of examples, a tensor of one element.
   *
   * @param embedding (batch, channels, grid, grid)
   * @param step number of the step, or -1 in a validation
   */
  Tensor loss(Tensor embedding, List<Example> examples, int step);

  /** Fixed examples to validate with, at most so many for each name that a Dice is reported of. */
  Map<String, List<Example>> validation(int most);

  /** Dice of an example, of the structure of that name, at the resolution of the network's masks. */
  double dice(Tensor embedding, Example example, String name);
}
