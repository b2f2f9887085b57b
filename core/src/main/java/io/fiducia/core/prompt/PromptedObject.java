package io.fiducia.core.prompt;

import io.fiducia.base.FiduciaException;
import java.util.ArrayList;
import java.util.List;

/**
 * An object of an image and the steps of a person who segments it.
 *
 * @param name of the object, such as a structure's
 * @param steps in their order
 */
public record PromptedObject(String name, List<PromptStep> steps) {
  /**
   * Checks that every undo has a step to take back.
   *
   * @throws FiduciaException BAD_INPUT naming the object and the step
   */
  public PromptedObject {
    steps = List.copyOf(steps);
    if (name.isBlank()) {
      throw new IllegalArgumentException("an object without a name");
    }
    int open = 0;
    for (int i = 0; i < steps.size(); i++) {
      open += steps.get(i) instanceof PromptStep.Undo ? -1 : 1;
      if (open < 0) {
        throw nothingToUndo(name + ", step " + (i + 1));
      }
    }
  }

  /** The error for an undo where no step is left. */
  public static FiduciaException nothingToUndo(String where) {
    return FiduciaException.badInput("there is nothing to undo", where,
        "every earlier step of the object is taken back already, or there was none",
        "leave the undo out");
  }

  /** The prompts that are left when every undo has taken back its step. */
  public List<Prompt> prompts() {
    List<Prompt> left = new ArrayList<>();
    for (PromptStep step : steps) {
      switch (step) {
        case PromptStep.Undo undo -> left.removeLast();
        case Prompt prompt -> left.add(prompt);
      }
    }
    return List.copyOf(left);
  }
}
