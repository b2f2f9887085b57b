package io.fiducia.promptable.score;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import io.fiducia.core.Modality;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.geometry.SlicePlane;
import io.fiducia.promptable.cache.EmbeddingCache;
import io.fiducia.promptable.session.PromptSession;
import io.fiducia.promptable.session.StepResult;
import io.fiducia.promptable.slice.SliceModel;
import io.fiducia.promptable.user.InteractiveSystem;
import io.fiducia.promptable.volume.EncodedStack;
import io.fiducia.promptable.volume.GreyWindow;
import io.fiducia.promptable.volume.PlaneStack;
import io.fiducia.promptable.volume.PropagatedVolume;
import io.fiducia.promptable.volume.PropagationSettings;
import io.fiducia.promptable.volume.SliceMask;
import io.fiducia.promptable.volume.StructureWindows;
import io.fiducia.volume.FloatVolume;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A model of slices as an interactive system: each prompt is answered in its slice, and the structure is followed
 * from all prompted slices through the volume. The model belongs to the caller.
 *
 * @param name in tables
 * @param windows the intensity window for a structure of an image
 * @param cancellation is noticed between slices
 */
public record SliceWiseSystem(String name, SliceModel model, Optional<EmbeddingCache> cache,
    Settings settings, Windows windows, Cancellation cancellation) implements InteractiveSystem {
  /** The name of the interpolation between prompted slices in tables. */
  public static final String INTERPOLATION = "interpolation";

  /** How the model is used. */
  public record Settings(SlicePlane plane, PropagationSettings propagation,
      PromptSession.Multimask multimask) {}

  /**
   * Chooses the intensity window for a structure of an image.
   *
   * @param text what the rule is, in words
   */
  public record Windows(String text, BiFunction<String, FloatVolume, GreyWindow> rule) {
    /** One window for everything. */
    public static Windows fixed(GreyWindow window) {
      return new Windows(window.toString(), (structure, image) -> window);
    }

    /** The windows of {@link StructureWindows}. */
    public static Windows ofStructures(StructureWindows windows, Modality modality) {
      return new Windows("by structure, " + modality,
          (structure, image) -> windows.of(structure, modality, image));
    }
  }

  @Override
  public String identity() {
    return String.join("\n", name, model.identity().family(), model.identity().weights(),
        settings.toString(), windows.text());
  }

  @Override
  public Work start(FloatVolume image, String structure) {
    PlaneStack stack = PlaneStack.of(image, settings.plane(),
        windows.rule().apply(structure, image));
    PromptSession session = new PromptSession(new EncodedStack(stack, model, cache),
        settings.multimask());
    return new SliceWork(session, structure);
  }

  private final class SliceWork implements Work {
    private final PromptSession session;
    private final String structure;
    private boolean[] interpolation;

    SliceWork(PromptSession session, String structure) {
      this.session = session;
      this.structure = structure;
      this.interpolation = new boolean[session.stack().grid().size().voxels()];
    }

    @Override
    public boolean[] give(Prompt prompt) {
      StepResult step = session.give(structure, prompt);
      boolean nothing = step.slices().values().stream()
          .allMatch(p -> SliceMask.area(SliceMask.of(p)) == 0);
      if (nothing) {
        interpolation = new boolean[interpolation.length];
        return interpolation;
      }
      PropagatedVolume found = session.propagate(structure, settings.propagation(),
          Progress.none(), cancellation);
      interpolation = found.interpolation();
      return found.mask();
    }

    @Override
    public Map<String, boolean[]> besides() {
      return Map.of(INTERPOLATION, interpolation);
    }
  }
}
