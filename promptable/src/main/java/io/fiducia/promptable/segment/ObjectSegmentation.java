package io.fiducia.promptable.segment;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.core.prompt.Prompt;
import io.fiducia.promptable.cache.EmbeddingCache;
import io.fiducia.promptable.session.PromptSession;
import io.fiducia.promptable.session.ThreePlanes;
import io.fiducia.promptable.slice.SliceModel;
import io.fiducia.promptable.volume.EncodedStack;
import io.fiducia.promptable.volume.GreyWindow;
import io.fiducia.promptable.volume.PlaneFusion;
import io.fiducia.promptable.volume.PlaneStack;
import io.fiducia.promptable.volume.PropagatedVolume;
import io.fiducia.promptable.volume.SliceMask;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.Region;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Segments objects of one image in the whole volume, from prompts in some of its slices. Objects with one window
 * share the slices that the model has encoded. The model belongs to the caller. For one thread.
 */
public final class ObjectSegmentation {
  private final FloatVolume image;
  private final SliceModel model;
  private final Optional<EmbeddingCache> cache;
  private final VolumeSettings settings;
  private final Progress progress;
  private final Cancellation cancellation;
  private final Map<GreyWindow, EncodedStack> stacks = new HashMap<>();
  /** Slices that were encoded for three planes. */
  private int encodedBesides;

  /** An image in which nothing is segmented yet. */
  public ObjectSegmentation(FloatVolume image, SliceModel model, Optional<EmbeddingCache> cache,
      VolumeSettings settings, Progress progress, Cancellation cancellation) {
    this.image = image;
    this.model = model;
    this.cache = cache;
    this.settings = settings;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /** How many slices the model has encoded so far; those that came from the cache do not count. */
  public int encoded() {
    return encodedBesides + stacks.values().stream().mapToInt(EncodedStack::encoded).sum();
  }

  /**
   * Segments an object.
   *
   * @throws FiduciaException BAD_INPUT if no prompt is left, if a prompt cannot be answered ({@link
   *     PromptSession#give}), if nothing is found in any prompted slice, or, in three planes, for anything
   *     but one box; CANCELLED on request
   */
  public SegmentedObject segment(ObjectRequest request) {
    if (request.prompts().isEmpty()) {
      throw FiduciaException.badInput("an object has no prompt", request.name(),
          "every step is taken back, or there was none", "mark the object in a slice");
    }
    return settings.threePlanes() ? inThreePlanes(request) : inOnePlane(request);
  }

  private SegmentedObject inOnePlane(ObjectRequest request) {
    EncodedStack encoded = stacks.computeIfAbsent(request.window(),
        w -> new EncodedStack(PlaneStack.of(image, settings.plane(), w), model, cache));
    PromptSession session = new PromptSession(encoded, settings.multimask());
    if (request.together()) {
      session.giveTogether(request.name(), request.prompts());
    } else {
      session.run(request.object());
    }
    PropagatedVolume found = session.propagate(request.name(), settings.propagation(), progress,
        cancellation);
    return new SegmentedObject(request, found.probabilities(), found.interpolation(),
        Map.of(settings.plane(), found));
  }

  private SegmentedObject inThreePlanes(ObjectRequest request) {
    ThreePlanes.Fused fused = new ThreePlanes(model, cache, settings.propagation())
        .segment(image, request.window(), onlyBox(request), progress, cancellation);
    encodedBesides += fused.encoded();
    List<FloatVolume> interpolated = fused.planes().values().stream()
        .map(p -> new FloatVolume(image.geometry(), SliceMask.certain(p.interpolation())))
        .toList();
    return new SegmentedObject(request, fused.probabilities(),
        SliceMask.of(PlaneFusion.mean(interpolated).data()), fused.planes());
  }

  private static Region onlyBox(ObjectRequest request) {
    if (request.prompts().size() == 1
        && request.prompts().getFirst() instanceof Prompt.Box(Region region, boolean positive)
        && positive) {
      return region;
    }
    throw FiduciaException.badInput("three planes need one box around the object",
        request.name(), "expected one box, found "
            + String.join(", ", request.prompts().stream().map(Prompt::word).toList()),
        "give a box around the object, or segment it in one plane");
  }
}
