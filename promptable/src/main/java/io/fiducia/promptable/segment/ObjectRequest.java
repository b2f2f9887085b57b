package io.fiducia.promptable.segment;

import io.fiducia.core.prompt.Prompt;
import io.fiducia.core.prompt.PromptedObject;
import io.fiducia.promptable.volume.GreyWindow;
import java.util.List;

/**
 * An object to segment in a volume.
 *
 * @param object its name and its prompts
 * @param window the intensities that become black and white in the pictures that the model sees
 * @param together whether the model answers all prompts at once, as one step; otherwise step by step, each
 *     answer improving the one before
 */
public record ObjectRequest(PromptedObject object, GreyWindow window, boolean together) {
  /** The object's name. */
  public String name() {
    return object.name();
  }

  /** The prompts that are not taken back. */
  public List<Prompt> prompts() {
    return object.prompts();
  }
}
