package io.fiducia.promptable.user;

import io.fiducia.core.prompt.Prompt;

/**
 * One thing that a user does.
 *
 * @param prompt what is given to the system
 * @param seconds that a person takes for it, as {@link InteractionSeconds} estimates
 */
public record Interaction(Prompt prompt, double seconds) {}
