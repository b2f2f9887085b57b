package io.fiducia.promptable.user;

import io.fiducia.core.prompt.Prompt;
import io.fiducia.volume.FloatVolume;
import java.util.Map;

/**
 * A promptable system as a simulated user knows it: it may look at slices or at volumes, be a network or a simple
 * rule.
 */
public interface InteractiveSystem {
  /** What the system is called in tables. */
  String name();

  /**
   * What decides the system's results: the model with its weights, and all settings. Scores that were kept from an
   * earlier run are used again only if it is the same.
   */
  String identity();

  /**
   * Begins an object.
   *
   * @param image that shows it
   * @param structure its name, which may decide the intensity window
   */
  Work start(FloatVolume image, String structure);

  /** The work on one object of one image. */
  interface Work extends AutoCloseable {
    /**
     * The voxels of the object after one more prompt, x fastest.
     *
     * @throws io.fiducia.base.FiduciaException BAD_INPUT for a prompt that the system does not understand
     */
    boolean[] give(Prompt prompt);

    /**
     * What simpler methods make of the same prompts and answers, by the methods' names; for example the
     * interpolation between prompted slices. To be asked after {@link #give}.
     */
    default Map<String, boolean[]> besides() {
      return Map.of();
    }

    /** Frees what it holds; the system stays. */
    @Override
    default void close() {}
  }
}
