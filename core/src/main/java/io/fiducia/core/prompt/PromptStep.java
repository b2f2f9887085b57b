package io.fiducia.core.prompt;

/** A step of a person who segments one object: a prompt, or taking back the step before. */
public sealed interface PromptStep permits Prompt, PromptStep.Undo {
  /** Takes back the latest step that is not taken back yet. */
  record Undo() implements PromptStep {}
}
